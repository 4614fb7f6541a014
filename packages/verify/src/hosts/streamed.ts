/** The member of a `RequestInit` that a body of unknown length needs (Fetch §5.4). The types of Deno do not have it. */
export const streamed = { duplex: 'half' } as const
