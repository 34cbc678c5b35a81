//! The pool and its cache, over a source in memory that counts and can be held up.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use decoder::{Decoders, Launch, Limits};
use domain::{
    CancelFlag, Fingerprint, ListEntry, ResourceReader, Source, SourceError, SourceHash, SourceId, SourcePath,
};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::time::Duration;
use thumbnails::{ThumbnailError, ThumbnailKey, Thumbnails};

/// Files in memory. Calls are counted; while `held` is set, opening waits.
struct Files {
    id: SourceId,
    files: BTreeMap<String, Vec<u8>>,
    ready: Option<Vec<u8>>,
    /// How many small pictures are handed over together; of each, those of files whose name has an `x` are not.
    at_once: usize,
    together: Mutex<Vec<usize>>,
    failure: Mutex<Option<SourceError>>,
    opened: Mutex<Vec<String>>,
    calls: AtomicUsize,
    most_calls: AtomicUsize,
    /// Files of which bytes were read.
    read: Arc<AtomicUsize>,
    held: Mutex<bool>,
    let_go: Condvar,
}

impl Files {
    fn new(files: &[(&str, Vec<u8>)]) -> Self {
        Self {
            id: SourceId::new("memory:one"),
            files: files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())).collect(),
            ready: None,
            at_once: 1,
            together: Mutex::default(),
            failure: Mutex::default(),
            opened: Mutex::default(),
            calls: AtomicUsize::new(0),
            most_calls: AtomicUsize::new(0),
            read: Arc::default(),
            held: Mutex::new(false),
            let_go: Condvar::new(),
        }
    }

    fn hold(&self, held: bool) {
        *self.held.lock().unwrap() = held;
        self.let_go.notify_all();
    }

    fn opened(&self) -> Vec<String> {
        self.opened.lock().unwrap().clone()
    }

    fn counted<T>(&self, call: impl FnOnce() -> T) -> T {
        let now = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_calls.fetch_max(now, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(1));
        let result = call();
        self.calls.fetch_sub(1, Ordering::SeqCst);
        result
    }
}

impl Source for Files {
    fn id(&self) -> &SourceId {
        &self.id
    }
    fn name(&self) -> String {
        "memory".to_owned()
    }
    fn concurrency(&self) -> usize {
        2
    }
    fn list(&self, _found: &mut dyn FnMut(Vec<ListEntry>), _cancel: &CancelFlag) -> Result<(), SourceError> {
        Ok(())
    }
    fn open(&self, path: &SourcePath) -> Result<Box<dyn ResourceReader>, SourceError> {
        self.counted(|| {
            self.opened.lock().unwrap().push(path.as_str().to_owned());
            drop(self.let_go.wait_while(self.held.lock().unwrap(), |held| *held).unwrap());
            if let Some(error) = self.failure.lock().unwrap().clone() {
                return Err(error);
            }
            let bytes = self.files.get(path.as_str()).ok_or_else(|| SourceError::NotFound(path.to_string()))?;
            Ok(Box::new(Reader(bytes.clone(), Some(Arc::clone(&self.read)))) as Box<dyn ResourceReader>)
        })
    }
    fn stat(&self, path: &SourcePath) -> Result<Fingerprint, SourceError> {
        Err(SourceError::NotFound(path.to_string()))
    }
    fn thumbnail(&self, _path: &SourcePath) -> Result<Option<Vec<u8>>, SourceError> {
        self.counted(|| Ok(self.ready.clone()))
    }
    fn thumbnails(&self, paths: &[&SourcePath]) -> Result<Vec<Option<Vec<u8>>>, SourceError> {
        self.counted(|| {
            drop(self.let_go.wait_while(self.held.lock().unwrap(), |held| *held).unwrap());
            self.together.lock().unwrap().push(paths.len());
            let handed = |path: &&SourcePath| self.ready.clone().filter(|_| !path.as_str().contains('x'));
            Ok(paths.iter().map(handed).collect())
        })
    }
    fn thumbnails_at_once(&self) -> usize {
        self.at_once
    }
    fn hash(&self, _: &Fingerprint) -> Result<Option<SourceHash>, SourceError> {
        Ok(None)
    }
}

/// Its bytes, and the counter that it adds itself to with its first read.
struct Reader(Vec<u8>, Option<Arc<AtomicUsize>>);

impl ResourceReader for Reader {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }
    fn read_at(&mut self, offset: u64, length: usize) -> Result<Vec<u8>, SourceError> {
        if let Some(counter) = self.1.take() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
        let start = (offset as usize).min(self.0.len());
        Ok(self.0[start..(start + length).min(self.0.len())].to_vec())
    }
}

fn started(folder: PathBuf, threads: usize) -> Thumbnails {
    let launch = Launch::program(env!("CARGO_BIN_EXE_thumbnails-decoder"));
    Thumbnails::new(folder, threads, Decoders::new(launch, Limits::default()))
}

fn picture(width: u32, height: u32, grey: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let image = image::RgbImage::from_pixel(width, height, image::Rgb([grey, grey, grey]));
    image.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

fn key(path: &str, edge: u32) -> ThumbnailKey {
    ThumbnailKey { source: SourceId::new("memory:one"), path: SourcePath::new(path), bytes: 1, modified_ns: 2, edge }
}

fn shown(jpeg: &[u8]) -> (u32, u32, u8) {
    let image = image::load_from_memory(jpeg).unwrap().to_rgb8();
    (image.width(), image.height(), image.get_pixel(0, 0)[0])
}

#[test]
fn drawn_once_then_kept_also_for_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let files = Arc::new(Files::new(&[("a.jpg", picture(800, 600, 90))]));
    let first = {
        let thumbnails = started(folder.path().to_owned(), 2);
        let first = thumbnails.get(key("a.jpg", 320), files.clone()).unwrap();
        assert_eq!(thumbnails.get(key("a.jpg", 320), files.clone()).unwrap(), first);
        first
    };
    let again = started(folder.path().to_owned(), 2);
    assert_eq!(again.get(key("a.jpg", 320), files.clone()).unwrap(), first);
    assert_eq!(files.opened(), ["a.jpg"]);
    assert_eq!((shown(&first).0, shown(&first).1), (320, 240));
}

#[test]
fn a_torn_cache_file_is_drawn_again() {
    let folder = tempfile::tempdir().unwrap();
    let files = Arc::new(Files::new(&[("a.jpg", picture(800, 600, 90))]));
    let thumbnails = started(folder.path().to_owned(), 1);
    let whole = thumbnails.get(key("a.jpg", 320), files.clone()).unwrap();
    let inner = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let file = std::fs::read_dir(inner).unwrap().next().unwrap().unwrap().path();
    let length = std::fs::metadata(&file).unwrap().len();
    std::fs::File::options().write(true).open(&file).unwrap().set_len(length / 2).unwrap();
    assert_eq!(thumbnails.get(key("a.jpg", 320), files.clone()).unwrap(), whole);
    assert_eq!(files.opened().len(), 2);
}

#[test]
fn the_sources_own_picture_is_used_when_it_is_large_enough_and_real() {
    let folder = tempfile::tempdir().unwrap();
    let thumbnails = started(folder.path().to_owned(), 1);
    let with = |ready: Vec<u8>| {
        let mut files = Files::new(&[("a.jpg", picture(800, 600, 200)), ("broken.jpg", vec![0; 500])]);
        files.ready = Some(ready);
        Arc::new(files)
    };
    let phone = with(picture(342, 256, 50));
    assert!(shown(&thumbnails.get(key("a.jpg", 320), phone.clone()).unwrap()).2 < 60);
    assert!(shown(&thumbnails.get(key("a.jpg", 512), phone.clone()).unwrap()).2 > 190);
    assert!(shown(&thumbnails.get(key("broken.jpg", 512), phone.clone()).unwrap()).2 < 60);
    assert_eq!(phone.opened(), ["a.jpg", "broken.jpg"]);
    for junk in [b"\xFF\xD8\xFF\xE0not a picture".to_vec(), b"<svg onload=alert(1)>".to_vec(), vec![0xFF; 4 << 20]] {
        let fresh = tempfile::tempdir().unwrap();
        let thumbnails = started(fresh.path().to_owned(), 1);
        assert!(shown(&thumbnails.get(key("a.jpg", 320), with(junk)).unwrap()).2 > 190);
    }
}

#[test]
fn small_pictures_are_asked_for_together_where_the_source_can_and_alone_where_it_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..40).map(|n| format!("{n}{}.jpg", if n % 10 == 0 { "x" } else { "" })).collect();
    let content: Vec<_> = names.iter().map(|name| (name.as_str(), picture(800, 600, 200))).collect();
    let mut files = Files::new(&content);
    (files.ready, files.at_once) = (Some(picture(342, 256, 50)), 16);
    let files = Arc::new(files);
    let thumbnails = started(folder.path().to_owned(), 1);
    files.hold(true);
    let (sender, answers) = mpsc::channel();
    for name in &names {
        let sender = sender.clone();
        let reply = Box::new(move |answer: Result<Arc<Vec<u8>>, ThumbnailError>| sender.send(answer).unwrap());
        thumbnails.request(key(name, 320), files.clone(), reply);
    }
    files.hold(false);
    for _ in &names {
        assert!(shown(&answers.recv_timeout(Duration::from_secs(60)).unwrap().unwrap()).2 < 60);
    }
    let together = files.together.lock().unwrap().clone();
    assert_eq!((together.iter().sum::<usize>(), together.len() <= 4), (40, true), "{together:?}");
    assert_eq!((files.opened(), answers.try_recv().is_err()), (vec![], true));
}

#[test]
fn newest_first_cancelled_never_and_the_same_only_once() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"];
    let files: Vec<_> = names.iter().map(|name| (*name, picture(64, 64, 90))).collect();
    let files = Arc::new(Files::new(&files));
    let thumbnails = started(folder.path().to_owned(), 1);
    files.hold(true);
    let (sender, answers) = mpsc::channel();
    let ask = |name: &'static str| {
        let sender = sender.clone();
        let reply = Box::new(move |answer: Result<Arc<Vec<u8>>, ThumbnailError>| {
            sender.send((name, answer.map(|_| ()))).unwrap();
        });
        thumbnails.request(key(name, 64), files.clone(), reply)
    };
    ask("a.jpg");
    while files.opened().is_empty() {
        std::thread::sleep(Duration::from_millis(1));
    }
    ask("b.jpg");
    let cancelled = ask("c.jpg");
    ask("d.jpg");
    ask("a.jpg");
    thumbnails.cancel(cancelled);
    assert_eq!(answers.recv().unwrap(), ("c.jpg", Err(ThumbnailError::Cancelled)));
    files.hold(false);
    let order: Vec<_> = (0..4).map(|_| answers.recv_timeout(Duration::from_secs(20)).unwrap()).collect();
    assert_eq!(order, [("a.jpg", Ok(())), ("a.jpg", Ok(())), ("d.jpg", Ok(())), ("b.jpg", Ok(()))]);
    assert_eq!(files.opened(), ["a.jpg", "d.jpg", "b.jpg"]);
    thumbnails.cancel(cancelled);
}

#[test]
fn damage_is_remembered_and_a_pulled_cable_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let files = Arc::new(Files::new(&[("bad.jpg", vec![0xFF, 0xD8, 0xFF, 0xE0]), ("good.jpg", picture(64, 64, 9))]));
    let thumbnails = started(folder.path().to_owned(), 2);
    for _ in 0..3 {
        let error = thumbnails.get(key("bad.jpg", 64), files.clone()).unwrap_err();
        assert!(error.is_permanent(), "{error}");
    }
    assert_eq!(files.opened(), ["bad.jpg"]);
    let pulled = SourceError::Unplugged("Anna's iPhone".to_owned());
    *files.failure.lock().unwrap() = Some(pulled.clone());
    assert_eq!(thumbnails.get(key("good.jpg", 64), files.clone()), Err(ThumbnailError::Source(pulled)));
    *files.failure.lock().unwrap() = None;
    assert!(thumbnails.get(key("good.jpg", 64), files.clone()).is_ok());
}

#[test]
fn a_source_is_never_asked_more_at_once_than_suits_it() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..40).map(|number| format!("{number}.jpg")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), picture(64, 64, 90))).collect();
    let files = Arc::new(Files::new(&files));
    let thumbnails = started(folder.path().to_owned(), 8);
    let (sender, answers) = mpsc::channel();
    for name in &names {
        let sender = sender.clone();
        let reply = Box::new(move |answer: Result<Arc<Vec<u8>>, ThumbnailError>| sender.send(answer.is_ok()).unwrap());
        thumbnails.request(key(name, 64), files.clone(), reply);
    }
    assert!((0..40).all(|_| answers.recv_timeout(Duration::from_secs(20)).unwrap()));
    assert_eq!(files.most_calls.load(Ordering::SeqCst), 2);
}

#[test]
fn closing_answers_everybody() {
    let folder = tempfile::tempdir().unwrap();
    let files = Arc::new(Files::new(&[("a.jpg", picture(64, 64, 90)), ("b.jpg", picture(64, 64, 90))]));
    let thumbnails = started(folder.path().to_owned(), 1);
    files.hold(true);
    let (sender, answers) = mpsc::channel();
    for name in ["a.jpg", "b.jpg"] {
        let sender = sender.clone();
        let reply = Box::new(move |answer: Result<Arc<Vec<u8>>, ThumbnailError>| sender.send(answer).unwrap());
        thumbnails.request(key(name, 64), files.clone(), reply);
    }
    while files.opened().is_empty() {
        std::thread::sleep(Duration::from_millis(1));
    }
    drop(thumbnails);
    for _ in 0..2 {
        assert_eq!(answers.recv_timeout(Duration::from_secs(20)).unwrap(), Err(ThumbnailError::Cancelled));
    }
    files.hold(false);
}

#[test]
fn what_nobody_wants_any_more_is_not_read_further() {
    let folder = tempfile::tempdir().unwrap();
    let files = Arc::new(Files::new(&[("a.jpg", picture(4000, 3000, 90))]));
    files.hold(true);
    let thumbnails = started(folder.path().to_owned(), 1);
    let (sender, receiver) = mpsc::channel();
    let id =
        thumbnails.request(key("a.jpg", 2048), files.clone(), Box::new(move |answer| sender.send(answer).unwrap()));
    while files.opened().is_empty() {
        std::thread::sleep(Duration::from_millis(1));
    }
    thumbnails.cancel(id);
    assert_eq!(receiver.recv().unwrap(), Err(ThumbnailError::Cancelled));
    files.hold(false);
    // Its turn ends without a byte of it, and whoever wants it after that has it drawn anew.
    assert_eq!(shown(&thumbnails.get(key("a.jpg", 2048), files.clone()).unwrap()), (2048, 1536, 90));
    assert_eq!((files.opened(), files.read.load(Ordering::SeqCst)), (vec!["a.jpg".into(), "a.jpg".into()], 1));
}

#[test]
fn a_large_picture_is_of_the_file_and_of_the_sources_own_only_where_there_is_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Files::new(&[("a.jpg", picture(3000, 1500, 90)), ("b.jpg", b"no picture".to_vec())]);
    files.ready = Some(picture(360, 180, 200));
    let files = Arc::new(files);
    let thumbnails = started(folder.path().to_owned(), 1);
    assert_eq!(shown(&thumbnails.get(key("a.jpg", 2048), files.clone()).unwrap()), (2048, 1024, 90));
    for not_to_be_had in ["b.jpg", "only-in-the-cloud.jpg"] {
        assert_eq!(shown(&thumbnails.get(key(not_to_be_had, 2048), files.clone()).unwrap()), (360, 180, 200));
    }
    *files.failure.lock().unwrap() = Some(SourceError::Locked("iPhone".to_owned()));
    assert!(thumbnails.get(key("a.jpg", 4096), files.clone()).is_err(), "it can be had later");
    assert!(folder.path().join("large").is_dir());
}
