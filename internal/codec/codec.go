// Package codec holds what every wire protocol shares: schemas of shapes and operations, and the interfaces that a protocol implements.
package codec
