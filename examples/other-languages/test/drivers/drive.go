package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

type request struct {
	Jwks           []key
	Now            float64
	Token, Command string
	Claims         jwt.MapClaims
	LibraryOnly    bool
	Hash           jwt.MapClaims
	StateJwks      []key
	// The current state, or nothing if there is none; nil: states are not compared.
	States []any
}

// Reads requests as JSON lines and responds to each with a line: the token, the claims, or the reason for a rejection.
func init() {
	if os.Getenv("HOOK_DRIVEN") == "" {
		return
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var req request
		if err := json.Unmarshal(lines.Bytes(), &req); err != nil {
			panic(err)
		}
		jwt.TimeFunc = func() time.Time { return time.UnixMilli(int64(req.Now * 1000)) }
		line, err := json.Marshal(handle(req))
		if err != nil {
			panic(err)
		}
		fmt.Println(string(line))
	}
	os.Exit(0)
}

func (req request) hasState(claims jwt.MapClaims, at int) bool {
	for _, state := range req.States {
		if hash, err := stateHash(claims, state, req.StateJwks[at]); err == nil && hash == claims["sta"] {
			return true
		}
	}
	return false
}

func handle(req request) map[string]any {
	if req.Hash != nil {
		hash, err := stateHash(req.Hash, req.States[0], req.StateJwks[0])
		if err != nil {
			return map[string]any{"rejected": err.Error()}
		}
		return map[string]any{"hash": hash}
	}
	if req.Claims != nil {
		token, err := mint(req.Claims, req.Jwks[0])
		if err != nil {
			return map[string]any{"rejected": err.Error()}
		}
		return map[string]any{"token": token}
	}
	var hasState func(jwt.MapClaims, int) bool
	if req.States != nil {
		hasState = req.hasState
	}
	claims, err := verify(req.Token, req.Command, req.Jwks, hasState)
	if req.LibraryOnly {
		claims, err = parseWithLibraryOnly(req.Token, req.Jwks)
	}
	if err != nil {
		return map[string]any{"rejected": err.Error()}
	}
	return map[string]any{"claims": claims}
}

// Verifies with the library alone, with the first key that fits.
func parseWithLibraryOnly(token string, keys []key) (jwt.MapClaims, error) {
	err := errors.New("no key")
	for _, k := range keys {
		claims := jwt.MapClaims{}
		open := func(*jwt.Token) (any, error) { return base64.RawURLEncoding.DecodeString(k.K) }
		if _, err = jwt.ParseWithClaims(token, claims, open, jwt.WithValidMethods([]string{"HS256"})); err == nil {
			return claims, nil
		}
	}
	return nil, err
}
