package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

type key struct{ Kid, K string }

var shape = regexp.MustCompile(`^([\w-]+\.){2}[\w-]{42}[AEIMQUYcgkosw048]$`)
var members = regexp.MustCompile(`^(alg|typ|kid)$`)

// Not use, sig and usr: this program checks neither uses nor requests nor users.
var names = regexp.MustCompile(`^(cmd|sub|cnt|rdr|exp|nbf|iat|jti|get|sta)$`)

// What encoding/json escapes differently from RFC 8785. The first pair keeps an escaped backslash together.
var canonical = strings.NewReplacer(`\\`, `\\`, `\u0008`, `\b`, `\u000c`, `\f`, `\u2028`, "\u2028", `\u2029`, "\u2029")

func mint(claims jwt.MapClaims, k key) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
	if k.Kid != "" {
		token.Header["kid"] = k.Kid
	}
	secret, err := base64.RawURLEncoding.DecodeString(k.K)
	if err != nil {
		return "", err
	}
	return token.SignedString(secret)
}

// stateHash returns the claim sta of a state: a string, an integer, a bool, nil, or a slice of these.
func stateHash(claims jwt.MapClaims, state any, stateKey key) (string, error) {
	secret, err := base64.RawURLEncoding.DecodeString(stateKey.K)
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode([]any{claims["cmd"], claims["sub"], state}); err != nil {
		return "", err
	}
	hash := hmac.New(sha256.New, secret)
	hash.Write([]byte(canonical.Replace(strings.TrimSpace(text.String()))))
	return base64.RawURLEncoding.EncodeToString(hash.Sum(nil))[:12], nil
}

// verify calls hasState to compare sta with the current state; at is the position of the key. If it is nil, sta is rejected.
func verify(token, command string, keys []key, hasState func(claims jwt.MapClaims, at int) bool) (jwt.MapClaims, error) {
	if len(token) > 8192 || !shape.MatchString(token) {
		return nil, jwt.ErrTokenMalformed
	}
	for at, k := range keys {
		claims := jwt.MapClaims{}
		parsed, err := jwt.ParseWithClaims(token, claims, k.open, jwt.WithValidMethods([]string{"HS256"}))
		if errors.Is(err, jwt.ErrTokenUnverifiable) || errors.Is(err, jwt.ErrTokenSignatureInvalid) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !all(parsed.Header, members) || !all(claims, names) || claims["cmd"] != command {
			return nil, errors.New("another command, or an unknown claim")
		}
		if _, bound := claims["sta"]; bound && (hasState == nil || !hasState(claims, at)) {
			return nil, errors.New("another state")
		}
		return claims, nil
	}
	return nil, jwt.ErrTokenSignatureInvalid
}

func (k key) open(token *jwt.Token) (any, error) {
	if kid, named := token.Header["kid"]; named && kid != k.Kid {
		return nil, errors.New("another key")
	}
	return base64.RawURLEncoding.DecodeString(k.K)
}

func all(object map[string]any, names *regexp.Regexp) bool {
	for name := range object {
		if !names.MatchString(name) {
			return false
		}
	}
	return true
}
