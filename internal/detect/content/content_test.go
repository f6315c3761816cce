package content

import (
	"testing"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/detecttest"
	"merlon.dev/merlon/internal/detect/guardmodel/guardmodeltest"
	"merlon.dev/merlon/internal/detect/trunk"
)

func TestContract(t *testing.T) {
	t.Parallel()
	d, err := New(guardmodeltest.Load(t, trunk.Options{Workers: 2}), Hate, Insults, Sexual, Violence, Misconduct)
	if err != nil {
		t.Fatal(err)
	}
	detecttest.Contract(t, d, "the cat sat on a mat", "we will kill the cat", "launder money", "", "you moron, we will stab you", "오늘 날씨")
}

func TestFindsWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	m := guardmodeltest.Load(t, trunk.Options{})
	for _, c := range []Category{Sexual, Violence, Misconduct} {
		d, err := New(m, c)
		if err != nil {
			t.Fatal(err)
		}
		found, err := d.Detect(t.Context(), detecttest.Blocks("we will kill the cat", "launder money", "naked and erotic", "we like tea"))
		if err != nil {
			t.Fatal(err)
		}
		block := map[Category]int{Violence: 0, Misconduct: 1, Sexual: 2}[c]
		if len(found) != 1 || found[0].Type != string(c) || found[0].Block != block || found[0].Confidence != detect.High || found[0].Score < 0.9 {
			t.Errorf("%s: found %+v", c, found)
		}
	}
	if _, err := New(m, "RUDENESS"); err == nil {
		t.Error("took a category that does not exist")
	}
}
