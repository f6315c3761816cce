package gateway

// What the tests of the server's limits look at from inside.
const (
	ClientGone = clientGone
	FirstRead  = firstRead
	Smallest   = smallest
)

// MemoryInUse gives the bytes that bodies of open requests hold.
func (g *Gateway) MemoryInUse() float64 { return g.memory.inUse() }
