# shellcheck shell=bash
# Prepares a Debian 12 or Ubuntu 24.04 machine for commands that run real nodes. Sourced by them:
#
#   . packaging/setup.sh
#   prepare_machine "$0" etcd postgres    what it lacks is named in one line, or installed when run as root
#
# What it changes while it installs, it puts back, also when it is interrupted.

say() { printf '%s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# A program or library, the package that has it. Looked for by what is used, not by package: names differ between releases.
declare -A package_of=(
  [ip]=iproute2 [nft]=nftables [ps]=procps [perl]=perl-base
  [unshare]=util-linux [nsenter]=util-linux [setpriv]=util-linux [flock]=util-linux
  [mount]=mount [losetup]=mount [mkfs.ext4]=e2fsprogs [e2fsck]=e2fsprogs [blkid]=util-linux
  [libsqlite3.so.0]=libsqlite3-0 [libssl.so.3]=libssl3
  [etcd]=etcd-server [keepalived]=keepalived [postgres]=postgresql [psql]=postgresql-client
  [/usr/lib/ocf/resource.d/heartbeat/IPaddr2]=resource-agents [nginx]=nginx [/lib/systemd/systemd]=systemd
  [/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1]=faketime [named]=bind9 [nsupdate]=bind9-dnsutils [modprobe]=kmod [curl]=curl
  [mariadbd]=mariadb-server-core [mariadb-install-db]=mariadb-server-core [mariadb-backup]=mariadb-backup [mbstream]=mariadb-backup
  [mariadb]=mariadb-client-core [mariadb-dump]=mariadb-client [mariadb-check]=mariadb-client-core
  [restic]=restic [borg]=borgbackup [mkfs.xfs]=xfsprogs [mkfs.btrfs]=btrfs-progs [partclone.extfs]=partclone [fsfreeze]=util-linux
  [node]=nodejs [npm]=npm [chromium]=chromium
  [smbd]=samba [smbclient]=smbclient [ganesha.nfsd]=nfs-ganesha [/usr/lib/x86_64-linux-gnu/ganesha/libfsalvfs.so]=nfs-ganesha-vfs [nfs-cp]=libnfs-utils
  [/usr/lib/python3/dist-packages/aiosmtpd/smtp.py]=python3-aiosmtpd
  [swift-proxy-server]=swift-proxy [swift-account-server]=swift-account [swift-container-server]=swift-container [swift-object-server]=swift-object [memcached]=memcached
)
# What the tests of resource types run: cluster agents, a service of systemd's, a name server, file servers and their clients.
type_needs=(/usr/lib/ocf/resource.d/heartbeat/IPaddr2 modprobe curl nginx /lib/systemd/systemd named nsupdate smbd smbclient ganesha.nfsd /usr/lib/x86_64-linux-gnu/ganesha/libfsalvfs.so nfs-cp)
# What the tests of volumes run: file systems that share blocks, and what knows their free blocks.
volume_needs=(restic mkfs.xfs mkfs.btrfs partclone.extfs fsfreeze)
# What the tests of S3 run: a server of it.
s3_needs=(swift-proxy-server swift-account-server swift-container-server swift-object-server memcached)
# What the tests of databases run beside PostgreSQL: another engine's server and tools.
database_needs=(restic mariadbd mariadb-install-db mariadb-backup mbstream mariadb mariadb-dump mariadb-check)
# What the tests of the management service run: a mail server.
management_needs=(/usr/lib/python3/dist-packages/aiosmtpd/smtp.py)
# What ./build runs for the console, and what its tests run.
build_needs=(node npm)
console_needs=(chromium)
lab_needs=(ip nft ps perl unshare nsenter setpriv mount losetup mkfs.ext4 e2fsck blkid libsqlite3.so.0 libssl.so.3)

# prepare_machine COMMAND [etcd] [postgres] …: all of the below, for a command that runs a lab.
prepare_machine() {
  local command=$1
  shift
  check_machine "$command"
  need_packages "$command" "${build_needs[@]}" "${lab_needs[@]}" "$@"
  check_network
}

# Fails with one line that names what this machine or container lacks. Needs no package that is not there anyway.
check_machine() {
  local dotnet free
  [[ $(uname -s) == Linux ]] || fail "this needs Linux."
  [[ $EUID -eq 0 ]] || fail "this needs root, for network namespaces, mounts and loop devices. Run: sudo $1"
  allowed unshare --net true || fail "network namespaces are not allowed here; a container needs --privileged."
  allowed unshare --pid --mount --uts --ipc --fork --mount-proc mount -t tmpfs tmpfs /mnt ||
    fail "PID and mount namespaces, or mounts in them, are not allowed here; a container needs --privileged."
  has_line overlay /proc/filesystems || modprobe -q overlay 2>/dev/null || fail "the kernel has no overlay file system (CONFIG_OVERLAY_FS), which the lab's hosts need."
  can_open /dev/loop-control loop && allowed losetup --find || fail "loop devices cannot be used here; a container needs --privileged (or --device /dev/loop-control)."
  can_open /dev/fuse fuse || fail "/dev/fuse cannot be opened; a container needs --privileged (or --device /dev/fuse)."
  free=$(df --output=avail -k /dev/shm 2>/dev/null | tail -1) || true
  ((${free:-0} >= 1024 * 1024)) || fail "/dev/shm has $((${free:-0} / 1024)) MB free; the lab's disks need 1024 MB. A container needs --shm-size=2g."
  dotnet=$(./build --sdk) || exit 1 # It has said what is missing.
  export DOTNET_ROOT=${dotnet%/*} PATH=${dotnet%/*}:$PATH
}

# What can be asked only with ip and nft at hand.
check_network() {
  allowed unshare --net sh -c 'ip link add lab0 type veth peer name lab1 && ip link add lab2 type bridge && ip link set lab0 master lab2' ||
    fail "bridges or veth pairs cannot be made here; a container needs --privileged."
  allowed unshare --net nft -f - <<<'table bridge lab { chain f { type filter hook forward priority 0; iifname "lab0" drop; }; }' ||
    fail "nftables cannot filter a bridge here (nf_tables); a container needs --privileged."
}

# need_packages COMMAND THING…: installs what has the programs and libraries named and is not there yet.
need_packages() {
  local command=$1 thing
  local -A missing=()
  shift
  for thing in "$@"; do
    present "$thing" || missing[${package_of[$thing]:-$thing}]=1
  done
  ((${#missing[@]})) || return 0

  command -v apt-get >/dev/null || fail "missing: ${!missing[*]} (names of Debian packages). Install them with this system's package manager."
  [[ $EUID -eq 0 ]] || fail "missing packages: ${!missing[*]}. Run: sudo $command (it installs them and does not start their services)"
  install_packages "${!missing[@]}"
}

present() {
  local folder
  case $1 in
    *.so.*) PATH=$PATH:/usr/sbin:/sbin ldconfig -p | grep "[[:space:]]$1 " >/dev/null ;; # Not -q: who is written to must read to the end.
    /*) [[ -e $1 ]] ;;
    postgres) compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null ;; # Not in PATH: several versions can be there.
    *) for folder in ${PATH//:/ } /usr/sbin /sbin /usr/bin /bin; do [[ ! -x $folder/$1 ]] || return 0; done; return 1 ;;
  esac
}

# In a subshell, so that what is put back at its end does not depend on the caller's traps.
install_packages() (
  policy=/usr/sbin/policy-rc.d
  kept=$policy.before-holdfast
  cluster_d=/etc/postgresql-common/createcluster.d
  export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
  options=(-y -qq --no-install-recommends -o DPkg::Lock::Timeout=120)

  put_back() {
    rm -f "$cluster_d/holdfast-setup.conf"
    rmdir --ignore-fail-on-non-empty "$cluster_d" "${cluster_d%/*}" 2>/dev/null || true # They may not be there.
    if grep -qs holdfast-setup "$policy"; then rm -f "$policy"; fi
    if [[ -e $kept ]]; then mv -f "$kept" "$policy"; fi
  }
  exec 9>/run/lock/holdfast-setup
  flock 9 # Two at once would put back each other's changes.
  put_back # Of a run that was killed.
  trap put_back EXIT
  trap 'exit 130' INT TERM HUP

  plan() { apt-get install "${options[@]}" --print-uris "$@" 2>&1; }
  refresh() {
    say "Refreshing the package lists (apt-get update)."
    apt-get update -qq >/dev/null 2>&1 || true # What still cannot be had then is said below, in one line.
  }
  wanted=("$@")
  uris=$(plan "$@") || { refresh; uris=$(plan "$@") || fail "apt-get cannot install ${wanted[*]}: $(tail -1 <<<"$uris")"; }
  say "Installing ${wanted[*]}: $(awk -F "' " '/^\x27/ { split($2, part, " "); bytes += part[2]; count++ } END { printf "%d package(s), %.1f MB to fetch", count, bytes / 1e6 }' <<<"$uris"). Their services are not started."

  # Holdfast or the tests run these: the packages' own units would take their ports at the next boot.
  declare -A units_of=([etcd]=etcd [nginx]=nginx [named]=named [smbd]="smbd nmbd samba-ad-dc" [ganesha.nfsd]="nfs-ganesha rpcbind" [memcached]=memcached
    [swift-proxy-server]=swift-proxy [swift-account-server]="swift-account swift-account-auditor swift-account-reaper swift-account-replicator"
    [swift-container-server]="swift-container swift-container-auditor swift-container-replicator swift-container-sharder swift-container-sync swift-container-updater"
    [swift-object-server]="swift-object swift-object-auditor swift-object-expirer swift-object-reconstructor swift-object-replicator swift-object-updater")
  fresh=()
  for program in "${!units_of[@]}"; do present "$program" || fresh+=("$program"); done
  if [[ -e $policy || -L $policy ]]; then mv "$policy" "$kept"; fi
  printf '#!/bin/sh\n# holdfast-setup: no service starts while packages are installed.\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  mkdir -p "$cluster_d"
  printf '# holdfast-setup\ncreate_main_cluster = false\n' >"$cluster_d/holdfast-setup.conf"

  log=$(apt-get install "${options[@]}" "$@" 2>&1 </dev/null 9>&-) || {
    refresh # Lists that are some weeks old name files that are gone.
    log=$(apt-get install "${options[@]}" "$@" 2>&1 </dev/null 9>&-) || fail "apt-get could not install ${wanted[*]}: $(grep '^E:' <<<"$log" | head -1)"
  }
  for program in "${fresh[@]}"; do
    present "$program" || continue
    for unit in ${units_of[$program]}; do
      deb-systemd-helper disable "$unit.service" >/dev/null 2>&1 || true
      update-rc.d "$unit" disable >/dev/null 2>&1 || true
    done
  done
)

allowed() { "$@" >/dev/null 2>&1; }
has_line() { grep -qw "$1" "$2"; }
can_open() { # can_open DEVICE MODULE
  [[ -e $1 ]] || modprobe -q "$2" 2>/dev/null || true
  { : <>"$1"; } 2>/dev/null
}
