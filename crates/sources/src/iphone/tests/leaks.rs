//! That nothing stays open on a phone.

use super::*;

/// Reads files whole, as importing does and as looking does; what they begin with before that, all at once.
fn whole(source: &IphoneSource, paths: &[SourcePath]) -> u64 {
    let heads = source.heads(&paths.iter().collect::<Vec<_>>(), 100).unwrap();
    assert!(heads.iter().all(Option::is_some), "{heads:?}");
    let mut bytes = 0;
    for (place, path) in paths.iter().enumerate() {
        let opened = if place == 0 { source.open_aside(path) } else { source.open(path) };
        let (mut reader, mut read) = (opened.unwrap(), 0);
        while read < reader.size() {
            read += reader.read_at(read, 1 << 20).unwrap().len() as u64;
        }
        bytes += read;
    }
    bytes
}

/// Were one in fifty left open, the phone would refuse to open any more.
#[test]
fn ten_thousand_files_leave_nothing_open_on_a_phone_with_two_hundred_slots() {
    let roll = iphone_sim::Synthetic { assets: 10_000, mean_bytes: 2000 };
    let sim = iphone_sim::Phone::builder().synthetic(roll).name("Ada's phone").most_open_files(200).start().unwrap();
    let source = source(&sim);
    let paths: Vec<SourcePath> = list(&source).concat().iter().map(SourcePath::new).collect();
    assert_eq!(paths.len(), 10_000);
    let bytes: u64 = std::thread::scope(|threads| {
        let readers =
            paths.chunks(2500).map(|paths| threads.spawn(|| paths.chunks(8).map(|p| whole(&source, p)).sum::<u64>()));
        readers.collect::<Vec<_>>().into_iter().map(|reader| reader.join().unwrap()).sum::<u64>()
    });
    assert_eq!(bytes, sim.activity().bytes_read - 100 * 10_000);
    // Closed one by one, and not because their connections ended.
    let begun = std::time::Instant::now();
    while sim.activity().open_handles > 0 {
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", sim.activity());
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(sim.open_connections() > 0 && sim.activity().changes == 0);
}
