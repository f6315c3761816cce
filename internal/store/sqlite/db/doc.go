// Package db is what sqlc makes of the migrations and queries beside it: one method a statement.
package db
