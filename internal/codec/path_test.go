package codec_test

import (
	"strconv"
	"sync"
	"testing"

	"merlon.dev/merlon/internal/codec"
)

func TestPatternConcurrent(t *testing.T) {
	t.Parallel()
	p := &codec.Pattern{Match: "[0-9]+"}
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			if !p.Matches(strconv.Itoa(i)) {
				t.Errorf("%d is refused", i)
			}
		})
	}
	group.Wait()
}

func TestPath(t *testing.T) {
	t.Parallel()
	item := &codec.Member{Name: "member", Traits: codec.Element}
	path := codec.Path{
		{Member: &codec.Member{Name: "Tags"}, Index: -1, Key: "k", Keyed: true}, {Member: item, Index: 1}, {Member: &codec.Member{Name: "value"}, Index: -1},
	}
	if got, want := path.String(), "tags.k.member.2.member.value"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
