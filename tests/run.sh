#!/usr/bin/env bash
# The one test command: installs what the tests need, builds, installs Isopleth into a prefix of its own, tests all.
#
#   tests/run.sh            everything
#   tests/run.sh --python   only the tests through Jupyter, on the last build
#
# Build results stay in target/ and the Python tools in .venv/, so a second run is short.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
only_python=no
[ "${1:-}" = --python ] && only_python=yes

step() { printf '\n=== %s (%s s)\n' "$1" "$SECONDS"; }

need() { # need COMMAND PACKAGE: Debian's package where the command is missing
    command -v "$1" >/dev/null && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        [ -n "${apt_updated:-}" ] || { apt-get update -qq; apt_updated=yes; }
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >/dev/null
    else
        echo "the tests need '$1': install it (Debian: apt-get install $2) and run this again" >&2
        exit 1
    fi
}

# Nothing here may touch the caller's Jupyter, notebooks or data. (Each process of the Python tests has folders of its
# own below this one: tests/harness/separation.py.)
state=$root/target/test-state
export JUPYTER_DATA_DIR=$state/jupyter-data JUPYTER_CONFIG_DIR=$state/jupyter-config JUPYTER_RUNTIME_DIR=$state/jupyter-runtime
export XDG_DATA_HOME=$state/data XDG_STATE_HOME=$state/state ISOPLETH_NOTEBOOKS=$state/notebooks
prefix=$root/target/test-prefix

if [ "$only_python" = no ]; then
    step "System packages"
    need chromium chromium
    need gdalinfo gdal-bin
    need cc gcc

    step "Format"
    cargo fmt --all --check

    step "Install, as a user does it"
    ./install.sh --prefix "$prefix" --days 31

    step "Rust tests"
    cargo test --release --locked --workspace

    # With --workspace, so that what the Rust tests have built is used.
    step "Worker of the differential tests"
    cargo build --release --locked --workspace --bin isopleth-oracle

    step "Clippy"
    cargo clippy --release --locked --workspace --all-targets -- -D warnings
fi

step "Python tools of the tests"
python=$(command -v python3)
[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt

# In a drawn order, which another ISOPLETH_TEST_SEED draws anew, on two processes: one cell keeps about one core busy. A
# module, whose tests share a kernel, stays in one
# process, and what takes longest begins first (tests/harness/order.py).
step "Tests through Jupyter"
JUPYTER_PATH=$prefix/share/jupyter ISOPLETH_PREFIX=$prefix .venv/bin/python -m pytest tests \
    -n "${ISOPLETH_TEST_PROCESSES:-2}" --dist loadfile --no-loadscope-reorder \
    --randomly-seed="${ISOPLETH_TEST_SEED:-1}"
