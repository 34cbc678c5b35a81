use super::*;
use crate::hashing::ContentHasher;
use destinations::memory::MemoryLibrary;
use domain::LibraryId;
use jiff::civil::date;

const DAY: &str = "Originals/2024/2024-03-02";

fn library(files: &[(String, Vec<u8>)]) -> MemoryLibrary {
    let library = MemoryLibrary::new(LibraryId::new("0123456789abcdef0123456789abcdef"));
    files.iter().for_each(|(name, bytes)| library.put(&path(name), bytes.clone()));
    library
}

fn path(name: &str) -> LibraryPath {
    LibraryPath::parse(&format!("{DAY}/{name}")).unwrap()
}

/// Asks for `IMG_1.JPG` for a file with these bytes.
fn choose(names: &mut Names<'_>, bytes: &[u8]) -> Given {
    let mut hasher = ContentHasher::default();
    hasher.update(bytes);
    let wish = Wish { name: "IMG_1.JPG", bytes: bytes.len() as u64, hash: hasher.finish() };
    names.choose(date(2024, 3, 2), &[wish]).unwrap().remove(0)
}

#[test]
fn thousands_of_files_that_are_called_alike_are_looked_at_once_each() {
    let name = |number| if number == 0 { "IMG_1.JPG".to_owned() } else { format!("IMG_1_{number}.JPG") };
    let there: Vec<_> = (0..500).map(|number| (name(number), b"old".to_vec())).collect();
    let library = library(&there);
    // One call for the folder, one for each name that is taken.
    library.gone_after(501);
    let mut names = Names::new(&library);
    for number in 500..1000 {
        assert_eq!(choose(&mut names, b"brand new"), Given::Free(path(&name(number))));
    }
}

#[test]
fn a_file_that_was_in_the_way_of_another_is_recognised_when_it_comes_itself() {
    let library = library(&[("IMG_1.JPG".into(), b"a".to_vec()), ("IMG_1_1.JPG".into(), b"b".to_vec())]);
    let mut names = Names::new(&library);
    assert_eq!(choose(&mut names, b"c"), Given::Free(path("IMG_1_2.JPG")));
    assert_eq!(choose(&mut names, b"b"), Given::SameBytes(path("IMG_1_1.JPG")));
    assert_eq!(choose(&mut names, b"a"), Given::SameBytes(path("IMG_1.JPG")));
    assert_eq!(choose(&mut names, b"d"), Given::Free(path("IMG_1_3.JPG")));
    names.refused(&path("IMG_1_2.JPG")).unwrap();
    assert_eq!(choose(&mut names, b"e"), Given::Free(path("IMG_1_3.JPG")), "nobody took the others in the end");
}
