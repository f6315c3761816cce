package secret

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestNeverPrinted(t *testing.T) {
	t.Parallel()
	s := New("hunter2")
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "s", s)
	data, err := json.Marshal(map[string]any{"s": s})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s), log.String(), string(data)} {
		if strings.Contains(text, "hunter2") || !strings.Contains(text, "REDACTED") {
			t.Errorf("printed as %q", text)
		}
	}
	if !s.Equal(New("hunter2")) || s.Equal(New("hunter3")) || s.Empty() || !New("").Empty() {
		t.Error("Equal or Empty is wrong")
	}
}
