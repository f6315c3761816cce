package trunk

import (
	"slices"
	"testing"

	"merlon.dev/merlon/internal/detect/text"
)

func TestSources(t *testing.T) {
	t.Parallel()
	for s, want := range map[string][]text.Kind{
		"The Cat sat on a Mat.":                              {text.Clean},
		"오늘 날씨":                                              {text.Clean},
		"we will k1ll the cat":                               {text.Clean, text.Joined},
		"we will k i l l the cat":                            {text.Clean, text.Joined},
		"we will kіll the cat":                               {text.Folded}, // a Cyrillic letter
		"кошка сидит на коврике":                             {text.Clean},
		"Où est la forêt ?":                                  {text.Clean, text.Folded},
		"wE wIlL kIlL tHe CaT":                               {text.Folded},
		"please read userName and maxValue":                  {text.Clean},
		"write to ann@example.com (or call)":                 {text.Clean},
		"you b@stard (or k1ll)":                              {text.Clean, text.Joined},
		"d2Ugd2lsbCBraWxsIHRoZSBjYXQ= please":                {text.Revealed},
		"t**e**ll m**e** a st**o**ry, pl**e**ase":            {text.Joined},
		"this is **bold**, *so* is this and **that**":        {text.Clean},
		"copy C:\\Users\\ann\\a to D:\\docs\\b\\c and E:\\x": {text.Clean},
		"w̷̛e̷̛ w̷̛i̷̛l̷̛l̷̛ k̷̛i̷̛l̷̛l̷̛":                   {text.Folded},
	} {
		var got []text.Kind
		for _, source := range sources(text.New(s)) {
			got = append(got, source.view.Kind)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q is read as %v, not %v", s, got, want)
		}
	}
}
