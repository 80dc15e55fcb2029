#!/usr/bin/env bash
# Installs Isopleth from this checkout: checks what it needs, builds, registers the kernel, runs the lesson once.
# Running it again updates what is there. See --help.
set -euo pipefail

usage() {
    cat <<'EOF'
Usage: ./install.sh [OPTIONS]

Builds the Isopleth kernel and its prelude, registers the kernel "Rust (Isopleth)" with Jupyter,
and runs the lesson once to show that everything works. Running it again updates the installation.

  --prefix DIR   where to install (default: ~/.local/share/isopleth)
  --no-jupyter   install no JupyterLab; use the one that `python3` or `jupyter` on PATH has
  --no-lesson    do not run the lesson at the end
  --days N       run the lesson on N days of sample data, 30 to 366 (default: the whole year, about 600 MB)
  --uninstall    remove what an earlier run has installed in the prefix, and the kernel's registration
  --help         this text

Needs Rust 1.95 or newer, a C linker, GDAL 3.4 or newer with its headers, and Python 3.9 or newer.
As root on Debian or Ubuntu the last three are installed where they are missing; otherwise the
script says which commands do it.
EOF
}

say() { printf '%s\n' "$*"; }
step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
die() { printf '\n\033[1;31mStopped:\033[0m %s\n' "$*" >&2; exit 1; }

home=${HOME:?HOME is not set}
default_prefix=${XDG_DATA_HOME:-$home/.local/share}/isopleth
prefix=$default_prefix
own_jupyter=yes lesson=yes days='' uninstall=no
while [ $# -gt 0 ]; do
    case $1 in
        --prefix) [ $# -ge 2 ] || die "--prefix needs a folder"; prefix=$2; shift ;;
        --prefix=*) prefix=${1#*=} ;;
        --no-jupyter) own_jupyter=no ;;
        --no-lesson) lesson=no ;;
        --days) [ $# -ge 2 ] || die "--days needs a number"; days=$2; shift ;;
        --days=*) days=${1#*=} ;;
        --uninstall) uninstall=yes ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; die "no option $1" ;;
    esac
    shift
done
# The lesson reads the first 30 days one by one; said now and not after an hour of building.
if [ -n "$days" ]; then
    case $days in *[!0-9]* | ????*) die "--days $days: the lesson takes 30 to 366 days" ;; esac
    [ "$days" -ge 30 ] && [ "$days" -le 366 ] || die "--days $days: the lesson takes 30 to 366 days"
fi
case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
jupyter_data=${JUPYTER_DATA_DIR:-${XDG_DATA_HOME:-$home/.local/share}/jupyter}
kernelspec=$jupyter_data/kernels/isopleth
link=$home/.local/bin/isopleth

# --- uninstall -------------------------------------------------------------------------------------------

if [ "$uninstall" = yes ]; then
    [ -e "$prefix/lib/isopleth/toolchain.json" ] || die "$prefix is no Isopleth installation; nothing was removed"
    if grep -qsF "\"$prefix/bin/isopleth\"" "$kernelspec/kernel.json"; then
        rm -rf "$kernelspec" && say "Removed the kernel's registration: $kernelspec"
    fi
    if [ "$(readlink "$link" 2>/dev/null)" = "$prefix/bin/isopleth" ]; then
        rm -f "$link" && say "Removed $link"
    fi
    # Only what this script puts there: a prefix may be a folder that holds other things too.
    rm -rf "$prefix/bin/isopleth" "$prefix/lib/isopleth" "$prefix/share/isopleth" "$prefix/share/jupyter/kernels/isopleth" "$prefix/venv"
    for folder in /share/jupyter/kernels /share/jupyter /share /bin /lib ''; do
        rmdir "$prefix$folder" 2>/dev/null || true
    done
    rm -rf "${XDG_CACHE_HOME:-$home/.cache}/isopleth"
    say "Removed Isopleth from $prefix, and its cache of compiled cells."
    say "Left alone: your notebooks (~/isopleth-notebooks), the sample data in ${XDG_DATA_HOME:-$home/.local/share}/isopleth-data,"
    say "and the history of your cells in ${XDG_STATE_HOME:-$home/.local/state}/isopleth."
    exit 0
fi

# --- what it needs -----------------------------------------------------------------------------------------

at_least() { # at_least WANTED FOUND: compares version numbers
    [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

step "1/6  Checking what is needed"

if ! command -v rustc >/dev/null || ! command -v cargo >/dev/null; then
    die "no Rust toolchain on PATH. Install one and run this again:
  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh
  (or, on a cluster: module load rust)"
fi
rust_version=$(rustc --version | cut -d ' ' -f 2)
at_least 1.95 "${rust_version%%-*}" || die "Rust $rust_version is too old; 1.95 is needed. With rustup: rustup update stable"
say "  Rust $rust_version"

gdal_version() { pkg-config --modversion gdal 2>/dev/null || gdal-config --version 2>/dev/null; }
python=$(command -v python3 || true)
python_ok() { [ -n "$python" ] && "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; }

missing=()
command -v cc >/dev/null || missing+=("a C linker")
command -v pkg-config >/dev/null || missing+=("pkg-config")
{ gdal=$(gdal_version) && at_least 3.4 "${gdal%%dev*}"; } || missing+=("GDAL 3.4 or newer with headers")
python_ok || missing+=("Python 3.9 or newer with venv")

if [ ${#missing[@]} -gt 0 ]; then
    list=$(printf '%s, ' "${missing[@]}")
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "  Missing: ${list%, }. Installing Debian packages for it."
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends gcc libc6-dev pkg-config libgdal-dev python3 python3-venv >/dev/null
        python=$(command -v python3 || true)
        gdal=$(gdal_version) || die "libgdal-dev is installed, but pkg-config does not find gdal"
        python_ok || die "$python is not Python 3.9 or newer with venv; put one first on PATH"
    else
        die "missing: ${list%, }. Install it in one of these ways, then run this again:
  Debian, Ubuntu:  sudo apt-get install gcc pkg-config libgdal-dev python3 python3-venv
  Fedora, RHEL:    sudo dnf install gcc pkgconf-pkg-config gdal-devel python3
  conda:           conda install -c conda-forge gcc pkg-config libgdal-core 'python>=3.9' && export PKG_CONFIG_PATH=\$CONDA_PREFIX/lib/pkgconfig
  modules:         module load gcc GDAL Python   (names differ; 'module avail gdal' lists yours)"
    fi
fi
say "  GDAL $gdal, $("$python" --version), $(cc --version | head -n 1)"

sysroot=$(rustc --print sysroot)
if [ ! -e "$sysroot/lib/rustlib/src/rust/library/std/src/lib.rs" ]; then
    say "  Adding the standard library's sources to the toolchain (types and completion come from them)."
    command -v rustup >/dev/null || die "$sysroot has no rust-src component and there is no rustup to add it.
Install your distribution's package (Fedora: rust-src), or ask for it where the module comes from."
    rustup component add rust-src >/dev/null 2>&1 || die "'rustup component add rust-src' failed; run it by hand to see why"
    [ -e "$sysroot/lib/rustlib/src/rust/library/std/src/lib.rs" ] \
        || die "rustup says that rust-src is installed, but it is not in $sysroot. Try: rustup toolchain uninstall, then install it again"
fi

# --- build -------------------------------------------------------------------------------------------------

step "2/6  Building (the first time about 15 minutes on 2 cores: rust-analyzer is part of the kernel)"
artifacts=$(mktemp)
trap 'rm -f "$artifacts"' EXIT
build() { (cd "$source_dir" && cargo "$1" --release --locked --message-format=json-render-diagnostics "${@:2}") >>"$artifacts"; }
# Cells and the prelude must share one libstd, so the prelude's shared object links to it dynamically.
{ build build -p isopleth-kernel && build rustc -p isopleth --lib --crate-type dylib -- -C prefer-dynamic; } \
    || die "the build failed; the messages above say why"
say "  Built."

# --- JupyterLab --------------------------------------------------------------------------------------------

has_jupyterlab() { [ -n "$1" ] && "$1" -c 'import jupyterlab, nbclient' 2>/dev/null; }
python_of_jupyter() { # the interpreter that the `jupyter` on PATH runs in
    local jupyter; jupyter=$(command -v jupyter-lab || command -v jupyter) || return 1
    sed -n '1s/^#! *\([^ ]*\).*/\1/p' "$jupyter" | grep python
}

step "3/6  JupyterLab"
jupyter_python=''
if has_jupyterlab "$python"; then
    jupyter_python=$("$python" -c 'import sys; print(sys.executable)')
elif candidate=$(python_of_jupyter) && has_jupyterlab "$candidate"; then
    jupyter_python=$candidate
fi
if [ -n "$jupyter_python" ]; then
    say "  Using the JupyterLab of $jupyter_python."
elif [ "$own_jupyter" = no ]; then
    die "--no-jupyter was given, but neither python3 nor jupyter on PATH has JupyterLab. Load or activate it first, or leave --no-jupyter out."
else
    jupyter_python=$prefix/venv/bin/python
    if ! has_jupyterlab "$([ -x "$jupyter_python" ] && echo "$jupyter_python")"; then
        say "  Installing JupyterLab into $prefix/venv."
        mkdir -p "$prefix"
        "$python" -m venv --clear "$prefix/venv"
        "$jupyter_python" -m pip install --quiet --disable-pip-version-check 'jupyterlab>=4,<5' nbclient \
            || die "pip could not install JupyterLab; is there a network? With a JupyterLab of your own: --no-jupyter"
    fi
    say "  JupyterLab $("$jupyter_python" -c 'import jupyterlab; print(jupyterlab.__version__)') in $prefix/venv."
fi

# --- put in place ------------------------------------------------------------------------------------------

step "4/6  Installing into $prefix"
mkdir -p "$prefix" 2>/dev/null && [ -w "$prefix" ] || die "cannot write to $prefix; choose another place with --prefix DIR"
binary=$(sed -n 's/.*"executable":"\([^"]*\/isopleth\)".*/\1/p' "$artifacts" | tail -n 1)
[ -x "$binary" ] || die "the build made no isopleth binary"
"$binary" setup --source "$source_dir" --artifacts "$artifacts" --prefix "$prefix" --python "$jupyter_python" --register "$jupyter_data"
say "  Kernel \"Rust (Isopleth)\" registered in $kernelspec."
command=$prefix/bin/isopleth
# A shared prefix is for many people; the short name in one's own home is for one's own installation.
if [ "$prefix" = "$default_prefix" ] && mkdir -p "$home/.local/bin" 2>/dev/null && { [ ! -e "$link" ] || [ -L "$link" ]; }; then
    ln -sfn "$prefix/bin/isopleth" "$link"
    case ":$PATH:" in *":$home/.local/bin:"*) command=isopleth ;; esac
fi

step "5/6  Checking the installation"
"$prefix/bin/isopleth" doctor || die "the installation is not in order; the lines marked WRONG say what to do"

step "6/6  The lesson"
if [ "$lesson" = yes ]; then
    say "  Running all its cells (the first time sample data are made: two to four minutes for a whole year)."
    "$prefix/bin/isopleth" lesson ${days:+--days "$days"} || die "the lesson failed"
else
    say "  Not run (--no-lesson). To run it: $command lesson"
fi

say ""
say "Installed. Open JupyterLab on the lesson with:"
say "  $command lab"
