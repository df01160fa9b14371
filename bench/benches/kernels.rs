//! The engine's inner loops by themselves, each on data from a fixed seed: `cargo bench -p bailiwick-bench`.

use bailiwick_engine::kernels;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

fn measure(criterion: &mut Criterion) {
    for mut kernel in kernels::all() {
        let mut group = criterion.benchmark_group("kernels");
        group.throughput(Throughput::Elements(kernel.times));
        group.bench_function(kernel.name, |bencher| bencher.iter(|| black_box((kernel.run)())));
        group.finish();
    }
}

criterion_group!(benches, measure);
criterion_main!(benches);
