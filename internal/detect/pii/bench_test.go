package pii

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/text"
)

// ordinary is a kilobyte of ordinary text with a few identifiers.
const ordinary = `Thanks for your message about the delayed delivery. I looked into order 4471-220-983 this morning and can see that the parcel left our warehouse on 12 March 2024, but the carrier has not scanned it since. We have opened a case with them and they usually answer within two working days. If you would rather not wait, we can refund the 49.90 euros to the card ending in 4242 or send a replacement to the same address.

In the meantime, could you confirm that jane.doe@example.com is still the best address for updates? You can also follow the claim at https://support.example.com/claims/88213 or call our service line between 9:00 and 17:30. Please do not send your full card number or any password by e-mail; we will never ask for them.

고객님의 문의에 감사드립니다. 배송 지연으로 불편을 드려 죄송합니다. 새로운 정보가 확인되는 대로 이메일로 안내해 드리겠습니다. 담당자는 평일 오전 9시부터 오후 6시까지 근무하며, 급하신 경우 대표번호로 연락해 주시기 바랍니다. Kind regards, the support team at Example Ltd, third floor, Harbour House.
`

func BenchmarkDetect(b *testing.B) {
	detector, err := New(Types()...)
	if err != nil {
		b.Fatal(err)
	}
	for _, size := range []int{1 << 10, 25 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("%dkB", size>>10), func(b *testing.B) {
			benchmark(b, detector, repeated(ordinary, size))
		})
	}
}

// BenchmarkStructured is the part of BenchmarkDetect that the types with a format of their own take, with the scan.
func BenchmarkStructured(b *testing.B) {
	detector, err := New(Types()...)
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, detector, repeated(ordinary, 1<<10))
}

func BenchmarkScan(b *testing.B) {
	words := sharedVocabulary()
	original := repeated(ordinary, 1<<10)
	var s scan
	b.SetBytes(int64(len(original)))
	for b.Loop() {
		s.read(original, words)
	}
}

func benchmark(b *testing.B, detector *Detector, original string) {
	b.Helper()
	in := detect.Input{Blocks: []*text.Document{text.New(original)}}
	b.SetBytes(int64(len(original)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := detector.Detect(context.Background(), in); err != nil {
			b.Fatal(err)
		}
	}
}

// repeated gives size bytes, or a few less, of text over and over, ending on a character border.
func repeated(piece string, size int) string {
	whole := strings.Repeat(piece, size/len(piece)+1)[:size]
	return strings.ToValidUTF8(whole, "")
}

// hostile are pieces whose repetition makes as many candidates as can be.
var hostile = []string{
	"1", "1-", "1 ", "1.", "12 ", "1234 ", "1234-", "123-45-", "4111 1111 1111 1111 ", "@", "a@", "a@b.", "a@b.co ", "-", ":", "::",
	"a:", "ab:", "00:1B:", "://", "http://", "www.", "www.a.co/", "a.", ".", "x", "*", "**** ", "card ", "ssn ", "card 1234 ",
	"ssn 123456789 ", "pin 1 ", "swift ", "swift ABCDDEFF ", "비밀번호", "계좌 ", "카", "GB82", "GB82 ", "AB 12 ", "AKIA", "/", "+/",
	"AKIAIOSFODNN7EXAMPLE/", "01/21 ", "exp 01/21 ", "\"@", "\n", ". ", "(", "http://a(", "1:", "é", "é@", "[::1]",
	"account number 12345678 ", "ssn,a\n", "ssn,a\n1,2\n", "ssn,pin,", "ssn,pin,123456789,\n", "4111111111111111 12/27 123 ",
}

// TestLinear tells linear from quadratic time over two doublings up to a megabyte, for texts that are all candidates: linear time grows
// by 4, quadratic by 16. The ratio itself, on a quiet machine, is a figure of docs/benchmarks.md.
func TestLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	detector, err := New(Types()...)
	if err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	run := func(in detect.Input) time.Duration {
		began := threadTime(t)
		if _, err := detector.Detect(context.Background(), in); err != nil {
			t.Fatal(err)
		}
		return threadTime(t) - began
	}
	input := func(piece string, size int) detect.Input {
		in := detect.Input{Blocks: []*text.Document{text.New(repeated(piece, size))}}
		in.Blocks[0].Clean()
		return in
	}
	const size, most = 256 << 10, 8.0
	for _, piece := range append(hostile, ordinary) {
		once, four := input(piece, size), input(piece, 4*size)
		least, leastFour, ratio := time.Hour, time.Hour, most
		for attempt := 0; attempt < 8 && (attempt < 2 || ratio >= most); attempt++ {
			least, leastFour = min(least, run(once)), min(leastFour, run(four))
			ratio = float64(leastFour) / float64(least)
		}
		if ratio >= most {
			t.Errorf("4 times the text of %.20q takes %.1f times the time (%v)", piece, ratio, leastFour)
		}
	}
}

// threadTime gives the processor time that this thread has used: other processes take no part of it.
func threadTime(t *testing.T) time.Duration {
	t.Helper()
	var at unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &at); err != nil {
		t.Skip("no clock of a thread's processor time: ", err)
	}
	return time.Duration(at.Nano())
}
