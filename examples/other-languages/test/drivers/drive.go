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
	Bare           bool
}

// Reads requests as lines of JSON, and answers each with a line: the token, the claims, or why it is refused.
func init() {
	if os.Getenv("HOOK_DRIVEN") == "" {
		return
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var asked request
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		jwt.TimeFunc = func() time.Time { return time.UnixMilli(int64(asked.Now * 1000)) }
		text, err := json.Marshal(answer(asked))
		if err != nil {
			panic(err)
		}
		fmt.Println(string(text))
	}
	os.Exit(0)
}

func answer(asked request) map[string]any {
	if asked.Claims != nil {
		token, err := mint(asked.Claims, asked.Jwks[0])
		if err != nil {
			return map[string]any{"refused": err.Error()}
		}
		return map[string]any{"token": token}
	}
	claims, err := verify(asked.Token, asked.Command, asked.Jwks)
	if asked.Bare {
		claims, err = parseAlone(asked.Token, asked.Jwks)
	}
	if err != nil {
		return map[string]any{"refused": err.Error()}
	}
	return map[string]any{"claims": claims}
}

// What the library does by itself, with the key that fits.
func parseAlone(text string, keys []key) (jwt.MapClaims, error) {
	err := errors.New("no key")
	for _, k := range keys {
		claims := jwt.MapClaims{}
		open := func(*jwt.Token) (any, error) { return base64.RawURLEncoding.DecodeString(k.K) }
		if _, err = jwt.ParseWithClaims(text, claims, open, jwt.WithValidMethods([]string{"HS256"})); err == nil {
			return claims, nil
		}
	}
	return nil, err
}
