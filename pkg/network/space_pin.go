package network

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// fence makes a mount of dir whose mounts are its own. Otherwise every pin would
// be copied into the mount namespace of every service of this host, one by one.
func fence(dir string) error {
	err := unix.Mount("", dir, "", unix.MS_PRIVATE, "")
	if errors.Is(err, unix.EINVAL) { // it is no mount yet
		if err = unix.Mount(dir, dir, "", unix.MS_BIND, ""); err == nil {
			err = unix.Mount("", dir, "", unix.MS_PRIVATE, "")
		}
	}
	if err != nil {
		return fmt.Errorf("mount it: %w", denied(err))
	}
	return nil
}

// unfence undoes fence, if there are no pins.
func unfence(dir string) error {
	err := unix.Unmount(dir, unix.UMOUNT_NOFOLLOW)
	if err == nil || errors.Is(err, unix.EBUSY) || errors.Is(err, unix.EINVAL) {
		return nil
	}
	return fmt.Errorf("unmount %s: %w", dir, err)
}

// isPin reports whether a file is a pinned namespace. Others are what is left
// when the host was restarted, or this process was killed at a bad moment.
func isPin(path string) (bool, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return false, err
	}
	if !info.Mode().IsRegular() {
		return false, fmt.Errorf("%s is no file of ours: remove it", path)
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(path, &fs); err != nil {
		return false, &os.PathError{Op: "statfs", Path: path, Err: err}
	}
	return fs.Type == unix.NSFS_MAGIC, nil
}

// pin keeps the network namespace of the calling thread as a file.
func pin(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDONLY, 0o400)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	if err := unix.Mount(threadSpace, path, "", unix.MS_BIND, ""); err != nil {
		if errors.Is(err, unix.ENOSPC) {
			err = fmt.Errorf("there are too many mounts: raise the sysctl fs.mount-max: %w", err)
		}
		return errors.Join(fmt.Errorf("pin the namespace as %s: %w", path, denied(err)), os.Remove(path))
	}
	return nil
}

// threadSpace is the network namespace of whichever thread asks.
const threadSpace = "/proc/thread-self/ns/net"

// unpin removes a file, however often something is mounted on it. Where other
// mount namespaces have copies of the mounts, these go with the file.
func unpin(path string) error {
	for {
		err := unix.Unmount(path, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW)
		if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOENT) { // not mounted, or no file
			break
		}
		if err != nil {
			return &os.PathError{Op: "unmount", Path: path, Err: denied(err)}
		}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// denied marks what the kernel refuses for want of rights. There are more than
// capabilities: a container's seccomp filter, AppArmor, SELinux.
func denied(err error) error {
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		return fmt.Errorf("%w: run as root, outside of containers: %w", ErrNoPrivilege, err)
	}
	return err
}
