// go run . mint COMMAND USER, or verify COMMAND TOKEN. HOOKURL_JWKS is the output of `hookurl keys jwk`.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func main() {
	var keys []key
	for _, line := range strings.Split(strings.TrimSpace(os.Getenv("HOOKURL_JWKS")), "\n") {
		var k key
		if err := json.Unmarshal([]byte(line), &k); err != nil {
			exit(err)
		}
		keys = append(keys, k)
	}
	action, command, value := os.Args[1], os.Args[2], os.Args[3]
	if action == "mint" {
		token, err := mint(jwt.MapClaims{"cmd": command, "sub": value, "exp": time.Now().Unix() + 3600}, keys[0])
		if err != nil {
			exit(err)
		}
		fmt.Println(token)
		return
	}
	claims, err := verify(value, command, keys, nil)
	if err != nil {
		exit(err)
	}
	_ = json.NewEncoder(os.Stdout).Encode(claims)
}

func exit(err error) {
	fmt.Fprintln(os.Stderr, "rejected:", err)
	os.Exit(1)
}
