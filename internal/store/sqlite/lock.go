package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// folderLock is a data folder that this process has taken.
type folderLock struct{ file *os.File }

// lockFolder takes the folder for this process. The kernel lets go of it when the process ends, however it ends.
func lockFolder(dir string) (*folderLock, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock of data folder: %w", err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = file.Close() // it was only opened to be locked
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("data folder %s is in use by another merlon process: stop that one or choose another folder", dir)
		}
		return nil, fmt.Errorf("lock data folder %s: %w", dir, err)
	}
	return &folderLock{file}, nil
}

// Close lets go of the folder. Closing the file alone would not do: a process that is just being started from this one has a copy of its
// descriptor until it runs its own program, and holds the lock for so long.
func (l *folderLock) Close() error {
	return errors.Join(unix.Flock(int(l.file.Fd()), unix.LOCK_UN), l.file.Close())
}
