# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: Apache-2.0
# What the scripts share; sourced, not run.

root=$(cd "$(dirname "$0")/.." && pwd)

# Debian packages that building needs, and those that serving the example needs besides.
build_packages="gcc g++ make autoconf automake libtool pkg-config apache2-dev
    libcmark-gfm-dev libcmark-gfm-extensions-dev libyaml-dev libjansson-dev libtomlplusplus-dev
    libutf8proc-dev zlib1g-dev libbrotli-dev libsqlite3-dev libicu-dev"
server_packages="apache2-bin media-types"
test_packages="check valgrind clang libclang-rt-14-dev procps python3-pytest python3-pytest-xdist python3-requests
    redis-server memcached python3-bs4 python3-html5lib python3-yaml python3-selenium chromium chromium-driver
    python3-lxml python3-jsonschema jing default-jre-headless"

# install_packages NAME...: installs those that are missing.
install_packages() {
    missing=
    for package; do
        [ "$(dpkg-query -Wf '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
    done
    [ -z "$missing" ] && return
    echo "installing$missing" >&2
    sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    $sudo apt-get -qq update >&2
    # shellcheck disable=SC2086 # words
    DEBIAN_FRONTEND=noninteractive $sudo apt-get -qq install -y --no-install-recommends $missing >&2
}

generate_configure() {
    if [ ! -x "$root/configure" ] || [ "$root/configure.ac" -nt "$root/configure" ] ||
        [ "$root/Makefile.am" -nt "$root/Makefile.in" ]; then
        (cd "$root" && mkdir -p m4 && autoreconf -fi >&2 && touch configure Makefile.in)
    fi
}

# configure_in FOLDER OPTION...: a configured build folder; configures again only where something changed.
configure_in() {
    build_folder=$1
    shift
    generate_configure || return 1
    mkdir -p "$build_folder"
    if [ ! -f "$build_folder/Makefile" ] || [ "$root/configure" -nt "$build_folder/Makefile" ] ||
        [ "$(cat "$build_folder/options" 2>/dev/null)" != "$*" ]; then
        (cd "$build_folder" && "$root/configure" --quiet "$@" >&2) || return 1
        echo "$*" >"$build_folder/options"
    fi
}
