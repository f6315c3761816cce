package weights

import (
	"errors"
	"io/fs"
	"testing"

	"merlon.dev/merlon/internal/detect/grounding"
	"merlon.dev/merlon/internal/detect/guardmodel"
	"merlon.dev/merlon/internal/detect/name"
	"merlon.dev/merlon/internal/detect/topic"
	"merlon.dev/merlon/internal/detect/trunk"
)

// TestShippedModelsLoad fails when what is committed would keep a server from starting.
func TestShippedModelsLoad(t *testing.T) {
	t.Parallel()
	under, err := trunk.Load(folder(t, Trunk), trunk.Options{})
	if errors.Is(err, trunk.ErrAbsent) {
		t.Skip("no trunk is committed")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer under.Close()
	if _, err := guardmodel.Load(under, folder(t, Guard)); err != nil {
		t.Error(err)
	}
	if _, err := name.Load(under, folder(t, Name)); err != nil && !errors.Is(err, trunk.ErrAbsent) {
		t.Error(err)
	}
	if _, err := grounding.Load(under, folder(t, Grounding)); err != nil && !errors.Is(err, trunk.ErrAbsent) {
		t.Error(err)
	}
	topics, err := topic.Load(under, folder(t, Topic))
	if errors.Is(err, trunk.ErrAbsent) {
		t.Skip("no topic model is committed")
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := grounding.LoadRelevance(under, topics.Tower(), folder(t, Relevance)); err != nil && !errors.Is(err, trunk.ErrAbsent) {
		t.Error(err)
	}
}

func folder(t *testing.T, name string) fs.FS {
	t.Helper()
	f, err := Folder(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
