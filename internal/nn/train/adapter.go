package train

import (
	"fmt"
	"math"
	"math/rand/v2"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// Adapter is a low-rank change of a linear layer, LoRA (arXiv 2106.09685): y += Scale * x*Down'*Up'. Down is Rank x In,
// Up is Out x Rank.
type Adapter struct {
	Down, Up *Param
	Rank     int
	Scale    float32
}

// Adapt freezes the layer and gives it an adapter that changes nothing yet: Down is random from r, Up is zero. scale is
// usually alpha/rank. The new parameters are the adapter's; pass them to the optimiser.
func (l *Linear) Adapt(rank int, scale float32, r *rand.Rand) (*Adapter, error) {
	if rank < 1 || rank > min(l.In, l.Out) || l.adapter != nil {
		return nil, fmt.Errorf("adapt %s: rank %d of a %d x %d layer, which may have one adapter", l.W.Name, rank, l.Out, l.In)
	}
	down := make([]float32, rank*l.In)
	for i := range down {
		down[i] = float32(r.NormFloat64() / math.Sqrt(float64(l.In)))
	}
	l.W.Frozen = true
	if l.B != nil {
		l.B.Frozen = true
	}
	l.adapter = &Adapter{
		Down: NewParam(l.W.Name+".lora_down", []int{rank, l.In}, down),
		Up:   NewParam(l.W.Name+".lora_up", []int{l.Out, rank}, make([]float32, l.Out*rank)),
		Rank: rank, Scale: scale,
	}
	return l.adapter, nil
}

// Merge adds the adapter's change to the weights and takes the adapter away; the layer stays frozen.
func (l *Linear) Merge() {
	if l.adapter == nil {
		return
	}
	up, down := kernel.Of(l.adapter.Up.W, l.Out, l.adapter.Rank), kernel.Of(l.adapter.Down.W, l.adapter.Rank, l.In)
	for n := range l.Out {
		row := l.W.W[n*l.In : (n+1)*l.In]
		for j, u := range up.Row(n) {
			for k, d := range down.Row(j) {
				row[k] += l.adapter.Scale * u * d
			}
		}
	}
	l.adapter = nil
}

// narrowed is Scale * x*Down'.
func (l *Linear) narrowed(crew *nn.Crew, a *nn.Arena, x nn.Matrix) nn.Matrix {
	p := l.adapter
	panels := l.set.PackTransposed(a.Floats(l.set.PackedLen(l.In, p.Rank)), kernel.Of(p.Down.W, p.Rank, l.In))
	return l.scaled(crew, a, x, panels)
}

// scaled is Scale * x*panels.
func (l *Linear) scaled(crew *nn.Crew, a *nn.Arena, x nn.Matrix, panels kernel.Panels) nn.Matrix {
	y := a.Matrix(x.Rows, panels.N)
	each(crew, x.Rows, func(from, to int) {
		part := y.Slice(from, to)
		l.set.MatMul(part, x.Slice(from, to), panels, nil)
		for i := range part.Data {
			part.Data[i] *= l.adapter.Scale
		}
	})
	return y
}

func (l *Linear) forwardAdapter(crew *nn.Crew, a *nn.Arena, y, x nn.Matrix) {
	p, narrow := l.adapter, l.narrowed(crew, a, x)
	panels := l.set.PackTransposed(a.Floats(l.set.PackedLen(p.Rank, l.Out)), kernel.Of(p.Up.W, l.Out, p.Rank))
	each(crew, x.Rows, func(from, to int) { l.set.MatMulAdd(y.Slice(from, to), narrow.Slice(from, to), panels) })
}

// backwardAdapter adds to the gradients of the adapter and to dx, unless dx is zero.
func (l *Linear) backwardAdapter(crew *nn.Crew, a *nn.Arena, dx, dy, x nn.Matrix) {
	p := l.adapter
	l.addProduct(crew, a, p.Up, dy, l.narrowed(crew, a, x))
	up := l.set.Pack(a.Floats(l.set.PackedLen(l.Out, p.Rank)), kernel.Of(p.Up.W, l.Out, p.Rank))
	narrow := l.scaled(crew, a, dy, up)
	l.addProduct(crew, a, p.Down, narrow, x)
	if dx.Rows > 0 {
		down := l.set.Pack(a.Floats(l.set.PackedLen(p.Rank, l.In)), kernel.Of(p.Down.W, p.Rank, l.In))
		each(crew, dx.Rows, func(from, to int) { l.set.MatMulAdd(dx.Slice(from, to), narrow.Slice(from, to), down) })
	}
}
