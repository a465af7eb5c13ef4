# Process 1 of a lab host. Its standard input is a pipe from the lab: when the lab ends, however it ends, this
# process ends, and the kernel ends the whole host with it.
#
# LAB_NAME, LAB_HOSTS (lines of /etc/hosts), LAB_FOLDERS (lines SOURCE=TARGET), LAB_STATE (block device or empty),
# LAB_SHARED (lines NAME=MINOR), LAB_BOOT_ID, LAB_LOG
set -eu
exec 2>>"$LAB_LOG"

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
if getent passwd postgres >/dev/null; then
    mkdir -p /run/postgresql
    chown postgres /run/postgresql
fi

# As systemd has it: what is unmounted is unmounted in every namespace below.
mount --make-rshared /
echo ready

# Ignoring SIGCHLD makes the kernel reap every orphan of the host.
exec env --ignore-signal=CHLD cat >/dev/null
