package weights

import (
	"errors"
	"testing"

	"merlon.dev/merlon/internal/detect/guardmodel"
)

// TestShippedModelsLoad fails when what is committed would keep a server from starting.
func TestShippedModelsLoad(t *testing.T) {
	t.Parallel()
	folder, err := Guard()
	if err != nil {
		t.Fatal(err)
	}
	m, err := guardmodel.Load(folder, guardmodel.Options{})
	if errors.Is(err, guardmodel.ErrAbsent) {
		t.Skip("no guard model is committed")
	}
	if err != nil {
		t.Fatal(err)
	}
	m.Close()
}
