package name_test

import (
	"context"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/detect/text"
)

// BenchmarkRead reads a kilobyte of English and one of Korean: trunk and tower.
func BenchmarkRead(b *testing.B) {
	m := shipped(b)
	for lang, sentence := range map[string]string{
		"en": "Thanks for your message, I spoke to Rosalind at 42 Larch Hill Road this morning and she says that the parcel came. ",
		"ko": "안녕하세요, 총무팀 신유라입니다. 새 주소는 서울 영등포구 당산서로 19, 8층입니다. ",
	} {
		original := strings.Repeat(sentence, 1+1000/len(sentence))[:1000]
		original = strings.ToValidUTF8(original, "")
		b.Run(lang, func(b *testing.B) {
			b.SetBytes(int64(len(original)))
			for b.Loop() {
				if _, err := m.Read(context.Background(), text.New(original)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
