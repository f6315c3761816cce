// Package fault kills the built server while clients write, starts it again, and looks for what was lost.
package fault
