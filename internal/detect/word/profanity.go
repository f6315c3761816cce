package word

import (
	_ "embed" // the lists; plain text, so that a change can be reviewed
	"strings"
	"sync"
)

//go:embed profanity_en.txt
var profanityEnglish string

//go:embed profanity_ko.txt
var profanityKorean string

// profanity gives the compiled managed list; it is compiled once and shared.
var profanity = sync.OnceValues(func() (*phrases, error) {
	return compile(append(strings.Split(strings.TrimSpace(profanityEnglish), "\n"), strings.Split(strings.TrimSpace(profanityKorean), "\n")...))
})
