package digest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"merlon.dev/merlon/internal/envelope"
)

// KeyFolder is the path of an audit folder, as the holder of its signing key.
type KeyFolder string

var _ envelope.Holder = KeyFolder("")

// Rewrap implements envelope.Holder: it puts the signing key under the newest wrapping key. A folder without a sealed key, or one that
// is not there, has nothing to change.
func (f KeyFolder) Rewrap(ctx context.Context, k *envelope.Keyring) (changed int, err error) {
	path := filepath.Join(string(f), sealedFile)
	sealed, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("audit signing key: %w", err)
	}
	rewrapped, fresh, err := k.Rewrap(ctx, sealed, sealContext())
	if err != nil {
		return 0, fmt.Errorf("audit signing key: %w", err)
	}
	if !fresh {
		if err := WriteFile(path, rewrapped); err != nil {
			return 0, fmt.Errorf("audit signing key: %w", err)
		}
		changed = 1
	}
	// Also where it was fresh: a run that was cut off may have left the new name in memory alone.
	return changed, SyncFolder(string(f))
}
