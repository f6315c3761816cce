package pii

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/text"
)

// scripted sees the same values in every text.
type scripted struct {
	seen []Sighting
	err  error
	read int
}

func (s *scripted) Read(context.Context, *text.Document) ([]Sighting, error) {
	s.read++
	return s.seen, s.err
}

// see makes a sighting of the first place of a value in a text.
func see(text, value string, typ Type) Sighting {
	at := strings.Index(text, value)
	return Sighting{Start: at, End: at + len(value), Type: typ, Score: 0.9}
}

func TestSightingsAndFindings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		seen       map[string]Type
		typ        Type
		want       string
	}{
		{"what only the model sees", "the flat in Larkrise is damp, says Quill", map[string]Type{"Quill": Name}, Name, "the flat in Larkrise is damp, says [[Quill]]"},
		{"what only patterns see", "Dear Mr. Kowalczyk, hello", nil, Name, "Dear Mr. [[Kowalczyk]], hello"},
		{"a word is taken whole", "ask Haraldsdottir now", map[string]Type{"Harald": Name}, Name, "ask [[Haraldsdottir]] now"},
		{"an initial with its full stop", "ask Bogdan I. now", map[string]Type{"Bogdan I": Name}, Name, "ask [[Bogdan I.]] now"},
		{"a familiar form", "우리 하율이 온대", map[string]Type{"하율이": Name}, Name, "우리 [[하율]]이 온대"},
		{"a Korean name up to its particle", "아까 현우는 갔다", map[string]Type{"현": Name}, Name, "아까 [[현우]]는 갔다"},
		{"a particle is no part of a name", "어제 수친다는 왔다", map[string]Type{"수친다는": Name}, Name, "어제 [[수친다]]는 왔다"},
		{"a particle is no part of an address", "새실 도동길 24로 갔다", map[string]Type{"도동길 24로": Address}, Address, "새실 [[도동길 24]]로 갔다"},
		{"a floor is", "새실 도동길 24, 3층에 살아", map[string]Type{"도동길 24, 3층에": Address}, Address, "새실 [[도동길 24, 3층]]에 살아"},
		{"an address in brackets goes on", "주소는 화곡로 64길 22 (은하빌라 301호)로", map[string]Type{"화곡로 64길 22 (은하빌라 301호": Address}, Address, "주소는 [[화곡로 64길 22 (은하빌라 301호)]]로"},
		{"a floor that only the pattern sees", "주소 성수이로 20길 10 지하 1층", map[string]Type{"성수이로 20길 10": Address}, Address, "주소 [[성수이로 20길 10 지하 1층]]"},
		{"the next line is another's", "나주시 빛가람로 20\n레티투이, 33세", map[string]Type{"나주시 빛가람로 20\n레티투이": Address}, Address, "[[나주시 빛가람로 20]]\n레티투이, 33세"},
		{"the line before too", "을 제갈옥\n경기 포천시 군내면 청성로 105-2, 가동 301호", map[string]Type{"제갈옥\n경기 포천시 군내면 청성로 105-2, 가동 301호": Address}, Address, "을 제갈옥\n[[경기 포천시 군내면 청성로 105-2, 가동 301호]]"},
		{"two addresses in two lines", "감우석 서울 강동구 천호대로 8\n점혜리 대전 유성구 대덕대로 512", map[string]Type{"서울 강동구 천호대로 8\n점혜리 대전 유성구 대덕대로 512": Address}, Address, "감우석 [[서울 강동구 천호대로 8]]\n점혜리 [[대전 유성구 대덕대로 512]]"},
		{"one in two lines", "주소 서울 강동구\n천호대로 8 은하빌라", map[string]Type{"서울 강동구\n천호대로 8 은하빌라": Address}, Address, "주소 [[서울 강동구\n천호대로 8 은하빌라]]"},
		{"but not beyond another's line", "서울 강동구 천호대로 8\n홍두깨\n은하빌라 3층", map[string]Type{"서울 강동구 천호대로 8\n홍두깨\n은하빌라 3층": Address}, Address, "[[서울 강동구 천호대로 8]]\n홍두깨\n은하빌라 3층"},
		{"the next sentence is no part", "서울 종로구 자하문로 9길 24. 3호선 경복궁역", map[string]Type{"서울 종로구 자하문로 9길 24. 3호선": Address}, Address, "[[서울 종로구 자하문로 9길 24]]. 3호선 경복궁역"},
		{"a village is no part of a city", "그 의자가 수원시 팔달구 정조로 7로 왔다", map[string]Type{"의자가 수원시 팔달구 정조로 7": Address}, Address, "그 의자가 [[수원시 팔달구 정조로 7]]로 왔다"},
		{"a parent is no part of a name", "준서엄마 오셨어요", map[string]Type{"준서": Name}, Name, "[[준서]]엄마 오셨어요"},
		{"nor is how a letter closes", "그럼 이만, 은율 올림", map[string]Type{"은율 올림": Name}, Name, "그럼 이만, [[은율]] 올림"},
		{"a labelled password is no login", "User: admin Pass: hunter2", map[string]Type{"admin": Username, "hunter2": Username}, Password, "User: admin Pass: [[hunter2]]"},
		{"the longer of two types", "Please go to Rose Cottage, 5 Dock Lane", map[string]Type{"Rose Cottage, 5 Dock Lane": Address}, Name, "Please go to Rose Cottage, 5 Dock Lane"},
		{"a format wins", "mail quill@example.com now", map[string]Type{"quill": Username}, Username, "mail quill@example.com now"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := &scripted{}
			for value, typ := range c.seen {
				r.seen = append(r.seen, see(c.text, value, typ))
			}
			d, err := NewWithReader(r, Types()...)
			if err != nil {
				t.Fatal(err)
			}
			if got := reported(t, d, c.typ, c.text); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestReaderIsAskedOnlyWhenNeeded counts the passes of a model: a filter for cards must not pay for names.
func TestReaderIsAskedOnlyWhenNeeded(t *testing.T) {
	t.Parallel()
	for typ, want := range map[Type]int{CardNumber: 0, Phone: 0, Name: 1, Address: 1, Username: 1, Password: 1, Age: 1} {
		r := &scripted{}
		d, err := NewWithReader(r, typ)
		if err != nil {
			t.Fatal(err)
		}
		if detectIn(t, d, "nothing here"); r.read != want {
			t.Errorf("%s: asked %d times, want %d", typ, r.read, want)
		}
	}
}

// TestReaderThatFails sees that an unread text is no clean text.
func TestReaderThatFails(t *testing.T) {
	t.Parallel()
	want := errors.New("no model")
	d, err := NewWithReader(&scripted{err: want}, Name)
	if err != nil {
		t.Fatal(err)
	}
	found, err := d.Detect(context.Background(), detect.Input{Blocks: []*text.Document{text.New("Mr. Kowalczyk")}})
	if !errors.Is(err, want) || found != nil {
		t.Errorf("gave %v, %v", found, err)
	}
	if _, err := NewWithReader(nil, Name); err == nil {
		t.Error("a detector without its reader was made")
	}
}

// TestSettleIsLinear settles as many findings with as many sightings.
func TestSettleIsLinear(t *testing.T) {
	t.Parallel()
	const piece = "Mr. John Smith, "
	text := strings.Repeat(piece, 256<<10/len(piece))
	r := &scripted{}
	for at := 0; at < len(text); at += len(piece) {
		r.seen = append(r.seen, Sighting{Start: at + 4, End: at + 8, Type: Name, Score: 0.5})
	}
	d, err := NewWithReader(r, Types()...)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	detectIn(t, d, text)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}
