use bailiwick_engine::*;
fn main() {
    let file = std::env::args().nth(1).unwrap();
    let secs: f64 = std::env::args().nth(2).unwrap().parse().unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let mut it = text.split_whitespace().map(|t| t.parse::<f64>().unwrap());
    let m = it.next().unwrap() as usize;
    let n = it.next().unwrap() as usize;
    let c: Vec<f64> = (0..m * n).map(|_| it.next().unwrap()).collect();
    let w: Vec<f64> = (0..m * n).map(|_| it.next().unwrap()).collect();
    let cap: Vec<f64> = (0..m).map(|_| it.next().unwrap()).collect();
    let mut rows = vec![0.0; m * n];
    for i in 0..m { for j in 0..n { rows[j * m + i] = c[i * n + j]; } }
    let measures = (0..m).map(|i| Measure { values: w[i*n..(i+1)*n].to_vec(), lower: vec![0.0; m], upper: (0..m).map(|o| if o==i {cap[i]} else {f64::INFINITY}).collect() }).collect();
    let p = Problem { units: n, owners: m, cost: Cost::Matrix(rows.clone()), measures, eligibility: Eligibility::All, fixed: vec![], moves: Moves::default(), contiguity: Contiguity::Ignored };
    let t = std::time::Instant::now();
    let oot = move || t.elapsed().as_secs_f64() > secs;
    let pr = move |p: Progress| if std::env::var("PRG").is_ok() { eprintln!("{:?} {:.2}", p, t.elapsed().as_secs_f64()) };
    let ctl = Control { seed: 1, out_of_time: &oot, progress: &pr };
    let a = solve(&p, &ctl).unwrap();
    let mut load = vec![0.0; m]; let mut cost = 0.0;
    for j in 0..n { let o = a.owner[j] as usize; cost += rows[j*m+o]; load[o] += w[o*n+j]; }
    let viol: f64 = (0..m).map(|o| (load[o]-cap[o]).max(0.0)).sum();
    println!("{} cost {} viol {} bound {:?} secs {:.2}", file, cost, viol, a.lower_bound, t.elapsed().as_secs_f64());
}
