# Process 1 of a lab host. Its standard input is a pipe from the lab: when the lab ends, however it ends, this
# process ends, and the kernel ends the whole host with it.
#
# LAB_NAME, LAB_HOSTS (lines of /etc/hosts), LAB_FOLDERS (lines SOURCE=TARGET), LAB_INSTALLED (folder that /opt/holdfast
# is a link to, or empty), LAB_STATE (block device or empty),
# LAB_SHARED (lines NAME=MINOR), LAB_BOOT_ID, LAB_LOG, LAB_CONTROL_GROUP (folder; a systemd runs the host then)
set -eu
exec 2>>"$LAB_LOG"

# The root of the control groups that the host sees is its own.
if [ -n "$LAB_CONTROL_GROUP" ] && [ -z "${LAB_IN_CONTROL_GROUP-}" ]; then
    mkdir -p "$LAB_CONTROL_GROUP"
    echo 0 >"$LAB_CONTROL_GROUP/cgroup.procs"
    LAB_IN_CONTROL_GROUP=1 exec unshare --cgroup sh -c "$LAB_SCRIPT"
fi

hostname "$LAB_NAME"
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lab/home /run/lab/folders /run/lab/dev /run/lock
lines() { printf '%s\n' "$1" | while IFS='=' read -r left right; do [ -z "$left" ] || "$2" "$left" "$right"; done; }

# Folders of the machine that the host shall see elsewhere; taken before anything hides them.
take() { n=$(ls /run/lab/folders | wc -l); mkdir "/run/lab/folders/$n"; mount --bind "$1" "/run/lab/folders/$n"; }
lines "$LAB_FOLDERS" take

# What the host writes there is its own, and gone with its power.
for folder in etc var opt srv; do
    [ -d "/$folder" ] || continue
    mkdir "/run/lab/$folder" "/run/lab/$folder.work"
    mount -t overlay -o "lowerdir=/$folder,upperdir=/run/lab/$folder,workdir=/run/lab/$folder.work" overlay "/$folder"
done

# A boot of its own has an id of its own.
printf '%s\n' "$LAB_BOOT_ID" >/run/lab/boot_id
mount --bind /run/lab/boot_id /proc/sys/kernel/random/boot_id
printf '%s\n' "$LAB_NAME" >/etc/hostname
printf '127.0.0.1 localhost\n::1 localhost\n%s\n' "$LAB_HOSTS" >/etc/hosts

mkdir -p /var/lib/holdfast
[ -z "$LAB_STATE" ] || mount -t ext4 -o noatime "$LAB_STATE" /var/lib/holdfast

# Only the devices of this host.
mount -t tmpfs -o mode=755 tmpfs /run/lab/dev
cd /run/lab/dev
mknod -m 666 null c 1 3; mknod -m 666 zero c 1 5; mknod -m 666 full c 1 7
mknod -m 666 random c 1 8; mknod -m 666 urandom c 1 9; mknod -m 666 tty c 5 0
ln -s /proc/self/fd fd; ln -s fd/0 stdin; ln -s fd/1 stdout; ln -s fd/2 stderr; ln -s pts/ptmx ptmx
mkdir shm pts shared
mount -t tmpfs -o mode=1777 tmpfs shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts pts
share() { mknod -m 660 "shared/$1" b 7 "$2"; }
lines "$LAB_SHARED" share
cd /
mount --move /run/lab/dev /dev
mount -t tmpfs -o mode=1777 tmpfs /tmp

give() { n=$(cat /run/lab/given 2>/dev/null || echo 0); mkdir -p "$2"; mount --bind "/run/lab/folders/$n" "$2"; echo $((n + 1)) >/run/lab/given; }
lines "$LAB_FOLDERS" give
[ -z "$LAB_INSTALLED" ] || ln -sfn "$LAB_INSTALLED" /opt/holdfast
if getent passwd postgres >/dev/null; then
    mkdir -p /run/postgresql
    chown postgres /run/postgresql
fi

# As systemd has it: what is unmounted is unmounted in every namespace below.
mount --make-rshared /

if [ -n "$LAB_CONTROL_GROUP" ]; then
    # Nothing of the machine's own services: not what is enabled, and not what comes up with any system.
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    mkdir -p /run/lab/none /run/systemd/system
    mount -t tmpfs -o mode=755 tmpfs /etc/systemd/system
    for wants in /lib/systemd/system/*.wants; do mount --bind /run/lab/none "$wants"; done
    printf '[Unit]\nDefaultDependencies=no\n' >/etc/systemd/system/lab.target
    # It does not watch its standard input, so this does: reboot(2) of the end of the lab ends the host.
    exec 3<&0
    (cat <&3 >/dev/null; exec perl -e 'syscall(169, 0xfee1dead, 672274793, 0x4321fedc)') &
    echo ready
    exec env container=lab /lib/systemd/systemd --system --unit=lab.target --log-target=null --show-status=no --default-standard-output=null 3<&- >/dev/null
fi

echo ready

# Ignoring SIGCHLD makes the kernel reap every orphan of the host.
exec env --ignore-signal=CHLD cat >/dev/null
