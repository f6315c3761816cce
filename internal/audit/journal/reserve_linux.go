package journal

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// reserve takes blocks up to end without growing the file. A file system that cannot do so reserves nothing.
func reserve(file *os.File, end int64) error {
	info, err := file.Stat()
	if err != nil || info.Size() >= end {
		return err
	}
	for {
		err = unix.Fallocate(int(file.Fd()), unix.FALLOC_FL_KEEP_SIZE, info.Size(), end-info.Size())
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.ENOSYS):
			return nil
		default:
			return err
		}
	}
}
