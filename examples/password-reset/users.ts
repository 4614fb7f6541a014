import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { PGlite } from '@electric-sql/pglite'

// PostgreSQL in this process. In your application: `new Pool()` of `pg`, which has the same `query`.
const db = new PGlite(process.env.DATA_DIR)
await db.exec(`CREATE TABLE IF NOT EXISTS users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL UNIQUE,
  password_hash text NOT NULL
)`)

export interface User {
  readonly id: string
  readonly email: string
  readonly passwordHash: string
}

const columns = 'id::text AS id, email, password_hash AS "passwordHash"'

export async function createUser(email: string, password: string): Promise<string> {
  const values = [email, await hashPassword(password)]
  const insert = 'INSERT INTO users (email, password_hash) VALUES ($1, $2) RETURNING id::text AS id'
  const { rows } = await db.query<Pick<User, 'id'>>(insert, values)
  return (rows[0] as Pick<User, 'id'>).id
}

export async function findUserByEmail(email: string): Promise<User | undefined> {
  return (await db.query<User>(`SELECT ${columns} FROM users WHERE email = $1`, [email])).rows[0]
}

/** Returns the password hash of a user, or `undefined` if there is no such user. */
export async function findPasswordHash(id: string | undefined): Promise<string | undefined> {
  return (await db.query<User>(`SELECT ${columns} FROM users WHERE id = $1`, [id])).rows[0]?.passwordHash
}

/** Changes a password if its hash is still `oldHash`. Of many calls at once, only one succeeds. */
export async function changePassword(id: string, oldHash: string, newPassword: string): Promise<boolean> {
  const update = 'UPDATE users SET password_hash = $1 WHERE id = $2 AND password_hash = $3 RETURNING id'
  return (await db.query(update, [await hashPassword(newPassword), id, oldHash])).rows.length === 1
}

/** Hashes a password with a new salt, so that the hash changes even if the password does not. */
async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return `${salt.toString('base64')}$${(await derive(password, salt)).toString('base64')}`
}

export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [salt = '', expected = ''] = hash.split('$').map((part) => Buffer.from(part, 'base64')) as Buffer[]
  return timingSafeEqual(await derive(password, salt as Buffer), expected as Buffer)
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  const options: ScryptOptions = { cost: 2 ** 14, blockSize: 8, parallelization: 1 }
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 32, options, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}
