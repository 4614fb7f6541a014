import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { encode } from 'uqr'

// ISO/IEC 18004 requires a quiet zone of four modules.
const quietZone = 4

/** A QR code. It is dark on light even in dark mode, because many readers do not scan inverted codes. */
export function QrCode({ text }: { text: string }): JSX.Element {
  const { path, size } = useMemo(() => drawQrCode(text), [text])
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label="QR code of the URL"
      shape-rendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}

function drawQrCode(text: string): { path: string; size: number } {
  const { data, size } = encode(text, { ecc: 'L', border: quietZone })
  const path = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return { path, size }
}
