package main

import (
	"encoding/base64"
	"errors"
	"regexp"

	"github.com/golang-jwt/jwt/v5"
)

type key struct{ Kid, K string }

var shape = regexp.MustCompile(`^([\w-]+\.){2}[\w-]{42}[AEIMQUYcgkosw048]$`)
var members = regexp.MustCompile(`^(alg|typ|kid)$`)
var names = regexp.MustCompile(`^(cmd|sub|cnt|rdr|exp|nbf|iat|jti|get)$`) // not use: this program does not count uses

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

func verify(token, command string, keys []key) (jwt.MapClaims, error) {
	if len(token) > 8192 || !shape.MatchString(token) {
		return nil, jwt.ErrTokenMalformed
	}
	for _, k := range keys {
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
