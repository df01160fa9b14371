"""Bailiwick beside its peers, one after the other in one run: time, memory, balance, compactness, as a Markdown table.

usage: compare.py BAILIWICK BAILIWICK_BENCH [--sizes 1000x10,10000x50,100000x200] [--limit SECONDS] [--only NAME,…]

BAILIWICK and BAILIWICK_BENCH are the release binaries. Every program starts from CSV files and ends with CSV files; all
are judged by `bailiwick-bench judge`. Needs Linux and requirements.txt.
"""
import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
POLICY = """
[sources.accounts]
file = "accounts.csv"
[sources.employees]
file = "employees.csv"
[measures]
workload = "workload"
potential = "potential"
[[coverage]]
role = "sales-specialist"
divide = {{ territories = {{ balance = {{ {balance} }} }} }}
"""
PEERS = ["kmeans_constrained", "min_cost_flow", "highs", "spopt_skater"]


def run(command, limit):
    """Wall seconds, processor seconds, peak MB and how it ended."""
    begin = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child.pid, signal.SIGKILL))
    signal.alarm(limit)
    words = child.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(child.pid, 0)
    signal.alarm(0)
    wall = time.monotonic() - begin
    end = "done" if status == 0 else f"over {limit} s" if wall >= limit else words.strip().splitlines()[-1:] or "failed"
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, end


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bailiwick")
    parser.add_argument("bench")
    parser.add_argument("--sizes", default="1000x10,10000x50,100000x200")
    parser.add_argument("--limit", type=int, default=600)
    parser.add_argument("--only", default=",".join(["bailiwick", "bailiwick-both", *PEERS]))
    options = parser.parse_args()
    print("| accounts × employees | program | workload off by | potential off by | compactness km | wall s | processor s | peak MB |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for size in options.sizes.split(","):
        accounts, employees = size.split("x")
        with tempfile.TemporaryDirectory() as folder:
            make = [options.bench, "generate", "--accounts", accounts, "--employees", employees, "-o", folder]
            subprocess.run(make, check=True)
            for name in options.only.split(","):
                out = f"{folder}/{name}.csv"
                if name.startswith("bailiwick"):
                    both = "workload = 0.05, potential = 0.05" if name.endswith("both") else "workload = 0.05"
                    Path(f"{folder}/{name}.toml").write_text(POLICY.format(balance=both))
                    command = [options.bailiwick, "plan", "-p", f"{folder}/{name}.toml", "-o", f"{folder}/{name}"]
                    out = f"{folder}/{name}/assignments.csv"
                else:
                    command = [sys.executable, HERE / f"{name}.py", folder, out]
                wall, processor, peak, end = run(command, options.limit)
                figures = f"{wall:.1f} | {processor:.1f} | {peak:.0f} |"
                if end != "done":
                    print(f"| {size} | {name}: {end} | – | – | – | {figures}", flush=True)
                    continue
                files = [f"{folder}/accounts.csv", f"{folder}/employees.csv", out]
                said = json.loads(subprocess.run([options.bench, "judge", *files], check=True, capture_output=True).stdout)
                if said["unassigned"] or said["doubled"]:
                    name += f" ({said['unassigned']} unassigned, {said['doubled']} doubled)"
                work, potential = (f"{100 * said[f'imbalance_{m}']:.1f} %" for m in ("workload", "potential"))
                print(f"| {size} | {name} | {work} | {potential} | {said['compactness_km']:.2f} | {figures}", flush=True)


if __name__ == "__main__":
    main()
