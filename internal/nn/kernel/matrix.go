package kernel

// Matrix is a view of rows of float32: row i starts at Data[i*Stride].
type Matrix struct {
	Data               []float32
	Rows, Cols, Stride int
}

// NewMatrix is a fresh rows x cols matrix of zeros.
func NewMatrix(rows, cols int) Matrix { return Of(make([]float32, rows*cols), rows, cols) }

// Of lays a matrix without gaps over data.
func Of(data []float32, rows, cols int) Matrix { return Matrix{data[:rows*cols], rows, cols, cols} }

// Row is row i.
func (m Matrix) Row(i int) []float32 { return m.Data[i*m.Stride : i*m.Stride+m.Cols] }

// Slice is the view of rows [from, to).
func (m Matrix) Slice(from, to int) Matrix {
	if from == to {
		return Matrix{Cols: m.Cols, Stride: m.Stride}
	}
	return Matrix{m.Data[from*m.Stride : (to-1)*m.Stride+m.Cols], to - from, m.Cols, m.Stride}
}

// Columns is the view of columns [from, to).
func (m Matrix) Columns(from, to int) Matrix {
	if m.Rows == 0 {
		return Matrix{Cols: to - from, Stride: m.Stride}
	}
	return Matrix{m.Data[from : (m.Rows-1)*m.Stride+to], m.Rows, to - from, m.Stride}
}

func (m Matrix) check() {
	must(m.Rows == 0 || len(m.Data) >= (m.Rows-1)*m.Stride+m.Cols, "a matrix is longer than its data")
}

// Bytes is a matrix of quantised rows, in the layout of the set that wrote it: element (i, k) is an integer in [-127, 127]
// times Scale[i].
type Bytes struct {
	Rows, Cols int
	Scale      []float32
	data       []uint8
}

// BytesLen is how much room BytesOf wants for rows x cols.
func BytesLen(rows, cols int) int { return 2 * rows * cols }

// BytesOf lays rows x cols quantised values over data.
func BytesOf(data []uint8, scale []float32, rows, cols int) Bytes {
	return Bytes{rows, cols, scale[:rows], data[:BytesLen(rows, cols)]}
}

// Reshape lays other rows and columns over the same memory, which must hold them.
func (b Bytes) Reshape(rows, cols int) Bytes { return BytesOf(b.data, b.Scale, rows, cols) }
