use super::*;
use std::time::{Duration, Instant};

fn xml(body: &str) -> Vec<u8> {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">{body}</plist>").into_bytes()
}

fn nonsense(body: &[u8]) -> String {
    let start = Instant::now();
    let Err(PhoneError::Nonsense(what)) = parse(body) else { panic!("that was taken") };
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    what
}

#[test]
fn what_is_at_the_top_is_read_and_what_is_nested_left_out() {
    let body = "<dict><key>Value</key><string>Ada&apos;s &lt;phone&gt;</string><key>Deep</key><dict><key>Error</key>\
                <array><true/></array></dict><key>Port</key><integer>49153</integer><key>EnableServiceSSL</key><true/>\
                <key>EscrowBag</key><data>aGVs\n bG8=</data><key>When</key><date>2026-01-02T03:04:05Z</date></dict>";
    let expected: Dictionary = [
        ("Value".to_owned(), "Ada's <phone>".into()),
        ("Port".to_owned(), 49153.into()),
        ("EnableServiceSSL".to_owned(), true.into()),
        ("EscrowBag".to_owned(), Value::Data(b"hello".to_vec())),
    ]
    .into_iter()
    .collect();
    assert_eq!(parse(&xml(body)), Ok(expected.clone()));
    let mut binary = Vec::new();
    Value::Dictionary(expected.clone()).to_writer_binary(&mut binary).unwrap();
    assert_eq!(parse(&binary), Ok(expected));
}

#[test]
fn deep_lists_end_nothing_but_the_answer() {
    for (open, close) in [("<array>", "</array>"), ("<dict><key>a</key>", "</dict>"), ("<x:array>", "</x:array>")] {
        let deep = open.repeat(LONGEST / 20);
        assert_eq!(nonsense(&xml(&format!("<dict><key>a</key>{deep}"))), "an answer nested too deep");
        let closed = format!("<dict><key>a</key>{}{}</dict>", open.repeat(8000), close.repeat(8000));
        assert_eq!(nonsense(&xml(&closed)), "an answer nested too deep");
        nonsense(&xml(&deep));
    }
    // In the third notation of property lists one byte opens a list.
    nonsense(&b"(".repeat(LONGEST));
    nonsense(&[b"{a=".repeat(1000).as_slice(), b"}"].concat());
}

#[test]
fn entities_and_endless_answers_do_not_swell() {
    let laughs = "<!DOCTYPE plist [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]>\
                  <plist><dict><key>Value</key><string>&b;&b;&b;</string></dict></plist>";
    let told = parse(laughs.as_bytes()).unwrap();
    assert!(told["Value"].as_string().unwrap().len() < 20, "{told:?}");
    assert_eq!(nonsense(&xml(&format!("<dict>{}", "<key>a</key><true/>".repeat(10_000)))), "an answer without an end");
    let many = format!("<dict><key>a</key><array>{}</array></dict>", "<true/>".repeat(10_000));
    assert_eq!(nonsense(&xml(&many)), "an answer without an end");
}

#[test]
fn answers_that_are_no_dictionary_or_broken_are_nonsense() {
    for body in ["", "<array/>", "<string>x</string>", "<dict><true/></dict>", "<dict><key>a</key></array>", "<dict"] {
        nonsense(&xml(body));
    }
    for body in [b"".as_slice(), b"bplist00", b"bplist00\0\0\0\0", b"<?xml", b"\xff\xfe", b"\0\0\0\0"] {
        nonsense(body);
    }
}

/// A binary list: objects one after the other, with one byte for each reference and four for each offset.
fn binary(objects: &[(usize, Vec<u8>)], root: u8) -> Vec<u8> {
    let mut body = b"bplist00".to_vec();
    let mut offsets: Vec<u32> = Vec::new();
    for (copies, object) in objects {
        offsets.extend(std::iter::repeat_n(body.len() as u32, *copies));
        body.extend_from_slice(object);
    }
    let table = body.len() as u64;
    offsets.iter().for_each(|offset| body.extend_from_slice(&offset.to_be_bytes()));
    body.extend_from_slice(&[0, 0, 0, 0, 0, 0, 4, 1]);
    for number in [offsets.len() as u64, u64::from(root), table] {
        body.extend_from_slice(&number.to_be_bytes());
    }
    body
}

#[test]
fn binary_lists_that_name_the_same_parts_again_and_again_do_not_swell() {
    // Each of 100 lists names all lists after it: 2^100 values when written out.
    let lists: Vec<(usize, Vec<u8>)> = (0..100_u8)
        .map(|i| {
            let after: Vec<u8> = (i + 1..101).collect();
            (1, [[0xAF, 0x10, after.len() as u8].as_slice(), &after].concat())
        })
        .chain([(1, vec![0x09])])
        .collect();
    let dictionary = (1, vec![0xD1, 100, 0]);
    nonsense(&binary(&[lists, vec![dictionary]].concat(), 101));
    // A dictionary whose keys and values are all the same long text.
    let text = [[0x5F, 0x12].as_slice(), &100_000_u32.to_be_bytes(), &b"x".repeat(100_000)].concat();
    let pairs = [[0xDF, 0x11].as_slice(), &1000_u16.to_be_bytes(), &[0; 2000]].concat();
    assert_eq!(nonsense(&binary(&[(1, text), (1, pairs)], 1)), "an answer that swells");
    // One object that contains itself, under many names.
    let wide =
        [[0xAF, 0x12].as_slice(), &200_000_u32.to_be_bytes(), &(1..=250).cycle().take(200_000).collect::<Vec<u8>>()];
    nonsense(&binary(&[(1, vec![0xD1, 251, 1]), (250, wide.concat()), (1, vec![0x51, b'a'])], 0));
}

#[test]
fn no_cut_or_flipped_answer_does_harm() {
    let whole = xml("<dict><key>Value</key><string>x</string><key>Deep</key><array><data>AAAA</data></array></dict>");
    let mut packed = Vec::new();
    Value::from_reader_xml(whole.as_slice()).unwrap().to_writer_binary(&mut packed).unwrap();
    for body in [whole, packed] {
        for at in 0..body.len() {
            let _ = parse(&body[..at]);
            for flip in [1, 0x80, 0xff] {
                let mut other = body.clone();
                other[at] ^= flip;
                let _ = parse(&other);
            }
        }
    }
}

#[test]
fn a_length_that_cannot_be_is_not_waited_for() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for length in [LONGEST as u32 + 1, u32::MAX] {
            let (mut ours, mut phone) = tokio::io::duplex(64);
            phone.write_u32(length).await.unwrap();
            assert!(matches!(read(&mut ours).await, Err(PhoneError::Nonsense(_))), "{length}");
        }
        let (mut ours, mut phone) = tokio::io::duplex(64);
        phone.write_all(&[0, 0, 0, 9, b'<']).await.unwrap();
        drop(phone);
        assert_eq!(read(&mut ours).await, Err(PhoneError::Disconnected));
    });
}
