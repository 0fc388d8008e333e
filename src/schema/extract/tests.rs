use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use super::*;

fn read_to_end(extract: &mut Extract) -> Result<u64> {
    while extract.next_row()?.is_some() {}
    Ok(extract.rows())
}

#[test]
fn file_that_grows_shrinks_or_is_written_again_while_being_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    let open = || {
        fs::write(&path, "id,name\n1,A\n2,B\n").unwrap();
        Extract::open(&path, TextEncoding::default(), Delimiter::default()).unwrap()
    };
    let untouched = &mut open();
    assert_eq!(read_to_end(untouched), Ok(2));

    let changes: [&dyn Fn(); 4] = [
        &|| fs::write(&path, "id,name\n1,A\n2,B\n3,C\n").unwrap(),
        &|| fs::write(&path, "id,name\n1,A\n").unwrap(),
        &|| {
            let earlier = SystemTime::now() - Duration::from_secs(60);
            File::options().write(true).open(&path).unwrap().set_modified(earlier).unwrap();
        },
        &|| fs::remove_file(&path).unwrap(),
    ];
    for change in changes {
        let mut extract = open();
        change();
        assert_eq!(read_to_end(&mut extract).unwrap_err().kind(), ErrorKind::Unreadable);
    }
}
