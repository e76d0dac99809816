//! Tables of odd files and what becomes of them.

use std::io::{Seek as _, Write as _};

use arrow::array::{Array as _, AsArray as _};

use super::*;

fn file(bytes: &[u8]) -> Content {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    Content::File(file)
}

struct Read {
    header: Vec<String>,
    rows: Vec<(u64, Vec<Option<String>>)>,
    rejects: Vec<(u64, String)>,
    raws: Vec<String>,
}

fn read_with(bytes: &[u8], limits: &Limits) -> Result<Option<Read>> {
    let Some(mut csv) = Csv::open(file(bytes), Dialect::default(), limits)? else { return Ok(None) };
    let mut out = Read { header: csv.header.clone(), rows: vec![], rejects: vec![], raws: vec![] };
    while let Some(portion) = csv.next(limits, &|| false)? {
        for i in 0..portion.columns.num_rows() {
            let number = portion.rows.as_ref().map_or(portion.first_row + i as u64, |r| r[i]);
            let fields = portion
                .columns
                .columns()
                .iter()
                .map(|c| (!c.is_null(i)).then(|| c.as_string::<i32>().value(i).to_owned()))
                .collect();
            out.rows.push((number, fields));
        }
        for reject in portion.rejects {
            out.rejects.push((reject.row, reject.code.to_string()));
            out.raws.push(reject.raw);
        }
    }
    Ok(Some(out))
}

fn read(bytes: &[u8]) -> Read {
    read_with(bytes, &Limits { batch_rows: 3, ..Limits::default() }).unwrap().unwrap()
}

fn some(fields: &[&str]) -> Vec<Option<String>> {
    fields.iter().map(|f| (*f != "∅").then(|| (*f).to_owned())).collect()
}

#[test]
fn good_rows_come_in_and_bad_ones_are_named() {
    let got = read(b"a,b\n1,2\n3\n4,5,6\n\"\",\nx\0,y\n\xC3\x28,\xC3\xA9\n7,8");
    assert_eq!(got.header, ["a", "b"]);
    assert_eq!(got.rows, [(1, some(&["1", "2"])), (4, some(&["", "∅"])), (7, some(&["7", "8"]))]);
    let rejects: Vec<_> = got.rejects.iter().map(|(r, c)| (*r, c.as_str())).collect();
    assert_eq!(rejects, [(2, "csv.ragged_row"), (3, "csv.ragged_row"), (5, "text.nul_byte"), (6, "text.invalid_utf8")]);
    assert_eq!(got.raws[1], r#"{"a":"4","b":"5","_more":["6"]}"#);
}

#[test]
fn an_open_quote_costs_its_own_line_only() {
    let got = read(b"a,b\n1,2\n\"open,3\n4,5\n6,7\n");
    assert_eq!(got.rejects, [(2, "csv.unclosed_quote".to_owned())]);
    assert_eq!(got.rows.iter().map(|r| r.0).collect::<Vec<_>>(), [1, 3, 4]);
}

#[test]
fn giants_are_passed() {
    let limits = Limits { field_bytes: 100, row_bytes: 3 << 20, ..Limits::default() };
    let mut bytes = b"a,b\n1,2\n".to_vec();
    bytes.extend(std::iter::repeat_n(b'x', 10 << 20));
    bytes.extend_from_slice(b",y\n3,4\n\"");
    bytes.extend(std::iter::repeat_n(b'z', 200));
    bytes.extend_from_slice(b"\",q\n5,6\n\"open");
    bytes.extend(std::iter::repeat_n(b"line,x\n".as_slice(), 1_000_000).flatten());
    let got = read_with(&bytes, &limits).unwrap().unwrap();
    assert_eq!(
        got.rejects,
        [
            (2, "csv.row_too_long".to_owned()),
            (4, "csv.field_too_long".to_owned()),
            (6, "csv.unclosed_quote".to_owned())
        ]
    );
    assert_eq!(got.rows.len(), 3 + 999_999);
    assert!(got.raws.iter().all(|r| r.len() < 20_000));
}

#[test]
fn headers() {
    assert!(read_with(b"", &Limits::default()).unwrap().is_none());
    assert!(read_with(b"\xEF\xBB\xBF\n\r\n", &Limits::default()).unwrap().is_none());
    assert!(read(b"a,b").rows.is_empty());
    assert_eq!(read(b"\xEF\xBB\xBFa, b ,,a,a_2,a\r\n").header, ["a", "b", "column_3", "a_3", "a_2", "a_4"]);
    assert_eq!(read(b"a;b\n1,5;2\n").rows[0].1, some(&["1,5", "2"]));
    assert_eq!(read(b"a\tb\n\"x\"\t2\n").rows[0].1, some(&["x", "2"]));
    assert_eq!(read(b"a,b\r1,2\r3,4").rows.len(), 2);
    assert_eq!(read(b"name\nM\xFCller\n").rows[0].1, some(&["Müller"]));
    let wide = ",".repeat(10_000_000);
    assert_eq!(read_with(wide.as_bytes(), &Limits::default()).err().unwrap().code, "csv.too_many_columns");
    assert_eq!(read_with(b"\"a,b\n1,2\n", &Limits::default()).err().unwrap().code, "csv.bad_header");
}

#[test]
fn a_mark_resumes_and_notices_another_beginning() {
    let mut bytes = b"id,n\n".to_vec();
    for i in 0..1_000 {
        bytes.extend_from_slice(format!("{i},\"line\n{i}\"\n").as_bytes());
    }
    let limits = Limits { batch_rows: 70, ..Limits::default() };
    let mut whole = Csv::open(file(&bytes), Dialect::default(), &limits).unwrap().unwrap();
    let mut marks = Vec::new();
    let mut portions = Vec::new();
    while let Some(portion) = whole.next(&limits, &|| false).unwrap() {
        marks.push(whole.mark());
        portions.push(portion.columns);
    }
    for (i, mark) in marks.iter().enumerate() {
        let mut again = Csv::open(file(&bytes), Dialect::default(), &limits).unwrap().unwrap();
        assert!(again.resume(mark, &|| false).unwrap());
        let next = again.next(&limits, &|| false).unwrap().map(|p| p.columns);
        assert_eq!(next.as_ref(), portions.get(i + 1));
    }
    bytes[10] = b'!';
    let mut other = Csv::open(file(&bytes), Dialect::default(), &limits).unwrap().unwrap();
    assert!(!other.resume(&marks[3], &|| false).unwrap());
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_rows_rejects_or_an_error(bytes in proptest::collection::vec(
        proptest::sample::select(b"ab,;\"\n\r\0\xC3\xA9 ".to_vec()), 0..300), rows in 1_usize..5) {
        let limits = Limits { batch_rows: rows, field_bytes: 12, row_bytes: 40, ..Limits::default() };
        if let Ok(Some(read)) = read_with(&bytes, &limits) {
            let mut numbers: Vec<u64> = read.rows.iter().map(|r| r.0).chain(read.rejects.iter().map(|r| r.0)).collect();
            numbers.sort_unstable();
            let want: Vec<u64> = (1..=numbers.len() as u64).collect();
            proptest::prop_assert_eq!(numbers, want);
        }
    }
}
