#!/bin/sh
# Installs the system packages that are missing, where apt may; otherwise names them.
#
#     system-packages.sh PYTHON [PURPOSE...]
#
# Ends with 1 when something that is needed stays missing. On systems without dpkg it does nothing.
set -eu

python=$1
shift
command -v dpkg-query >/dev/null || exit 0

needed=""
wanted=""
# Debian and Ubuntu split their own Python in parts; any other Python is whole.
debian_python=$("$python" -c 'import sys
print("python%d.%d" % sys.version_info[:2] if sys.base_prefix == "/usr" else "")')
if [ -n "$debian_python" ]; then
    needed="$debian_python-venv"
fi
for purpose in "$@"; do
    case $purpose in
    qt)
        needed="$needed libdbus-1-3 libegl1 libfontconfig1 libgl1 libglib2.0-0 libwayland-cursor0
            libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
            libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1
            libxkbcommon-x11-0"
        wanted="$wanted ca-certificates"
        ;;
    virtual-desktop)
        needed="$needed at-spi2-core dbus dbus-x11 dunst fonts-dejavu-core fonts-inter gcr
            gnome-keyring grim hsetroot imagemagick libfaketime libseccomp2 libsecret-tools
            mako-notifier openbox picom sway trayer tzdata waybar wtype x11-xserver-utils xauth
            xdotool xfce4-panel xfconf xvfb"
        ;;
    bundle)
        needed="$needed binutils chrpath icu-devtools ${debian_python:+lib$debian_python}"
        ;;
    bench)
        needed="$needed libx11-6 libxdamage1 xz-utils"
        wanted="$wanted borgbackup syncthingtray vorta"
        ;;
    release)
        needed="$needed dpkg-dev"
        ;;
    release-test)
        needed="$needed appstream bash-completion desktop-file-utils fish lintian man-db mmdebstrap
            zsh"
        ;;
    *)
        echo "no purpose is called $purpose" >&2
        exit 1
        ;;
    esac
done

# Prints those of its arguments that no installed package is called or provides; newer releases
# have libglib2.0-0, for one, as libglib2.0-0t64, which provides the old name.
missing_of() {
    dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Provides}\n' | awk -v names="$*" '
        /^ii/ { gsub(",", " "); for (i = 2; i <= NF; i++) present[$i] }
        END {
            count = split(names, name, " ")
            for (i = 1; i <= count; i++) if (!(name[i] in present)) printf "%s ", name[i]
        }'
}

# shellcheck disable=SC2086 # the lists are meant to be split into words
missing=$(missing_of $needed $wanted)
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root="env"
elif sudo -n true 2>/dev/null; then
    as_root="sudo -n env"
else
    echo "System packages are missing. Please run: sudo apt-get install $missing" >&2
    # shellcheck disable=SC2086
    [ -z "$(missing_of $needed)" ]
    exit
fi

echo "Installing system packages: $missing"
log=$(mktemp)
$as_root apt-get -qq update >"$log" 2>&1 &&
    $as_root DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends \
        $missing >>"$log" 2>&1 || {
    cat "$log" >&2
    exit 1
}
rm "$log"
