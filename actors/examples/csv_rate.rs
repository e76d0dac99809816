//! Measures how fast a CSV file becomes Arrow batches: `cargo run --release --example csv_rate -- FILE [passes]`.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a measuring program prints, and reads the clock")]

use std::path::PathBuf;
use std::time::Instant;

use autonomos_actors::connector::source::{Limits, Source as _};
use autonomos_actors::connector::sources::files::{Files, Settings};
use autonomos_actors::files::{Folder, Quota};
use autonomos_runtime::ids::{TenantId, TraceId};
use autonomos_runtime::{Actor, Ambient, Scope};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = PathBuf::from(args.next().ok_or("give a file")?);
    let passes: usize = args.next().map_or(Ok(3), |n| n.parse())?;
    let ambient = Ambient::system();
    let scope = Scope::new(TenantId::new(&ambient), Actor::System("bench"), TraceId::new(&ambient));
    let root = std::env::temp_dir().join(format!("csv_rate-{}", scope.tenant()));
    let home = root.join(scope.tenant().to_string());
    std::fs::create_dir_all(&home)?;
    let name = path.file_name().and_then(|n| n.to_str()).ok_or("give a file")?.to_owned();
    std::fs::copy(&path, home.join(&name))?;
    let folder = Folder::open(&root, Quota::default(), ambient)?;
    let files = Files::new(folder, serde_json::from_value::<Settings>(serde_json::json!({ "path": name }))?)?;
    let info = files.discover(&scope).await?.remove(0);
    println!(
        "{}: key {:?}, order_by {:?}, about {:?} rows",
        info.name, info.schema.key, info.order_by, info.estimated_rows
    );
    let size = std::fs::metadata(&path)?.len();
    for _ in 0..passes {
        let begun = Instant::now();
        let mut stream = files.read(&scope, &info.name, None, &Limits::default()).await?;
        let (mut rows, mut rejected, mut batches) = (0, 0, 0);
        while let Some(batch) = stream.next().await {
            let batch = batch?;
            rows += batch.columns.num_rows();
            rejected += batch.rejects.len();
            batches += 1;
        }
        let took = begun.elapsed().as_secs_f64();
        println!(
            "{rows} rows, {rejected} rejected, {batches} batches in {took:.3} s: {:.0} rows/s, {:.0} MB/s",
            rows as f64 / took,
            size as f64 / took / 1e6
        );
    }
    std::fs::remove_dir_all(&root)?;
    Ok(())
}
