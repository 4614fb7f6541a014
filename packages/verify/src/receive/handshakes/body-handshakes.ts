import { jsonResponse, textResponse } from '../../response/response.ts'
import { type BodyHandshakeDefinition, getMember, isObject } from './definition.ts'

/** The handshakes that are recognized by their body and need no secret. */
export const bodyHandshakes: readonly BodyHandshakeDefinition[] = [
  {
    service: 'Slack, Feishu, Lark',
    find: ({ payload }) => findTyped(payload, 'url_verification'),
    respond: (challenge) => jsonResponse({ challenge }),
  },
  {
    service: 'MCP events',
    isSigned: true,
    find: ({ payload }) => findTyped(payload, 'verification'),
    respond: (challenge) => jsonResponse({ challenge }),
  },
  {
    service: 'monday.com, Miro',
    find: ({ payload }) =>
      isObject(payload) && Object.keys(payload).length === 1 ? getMember(payload, 'challenge') : undefined,
    respond: (challenge) => jsonResponse({ challenge }),
  },
  {
    service: 'Twitch',
    find: ({ request, payload }) =>
      request.header('twitch-eventsub-message-type') === 'webhook_callback_verification'
        ? getMember(payload, 'challenge')
        : undefined,
    respond: textResponse,
  },
  {
    service: 'Douyin',
    find: ({ payload }) => {
      if (getMember(payload, 'event') !== 'verify_webhook') return undefined
      const challenge = getMember(getMember(payload, 'content'), 'challenge')
      return Number.isSafeInteger(challenge) ? String(challenge) : undefined
    },
    respond: (challenge) => jsonResponse({ challenge: Number(challenge) }),
  },
  {
    service: 'Azure Event Grid',
    find: ({ request, payload }) =>
      request.header('aeg-event-type') === 'SubscriptionValidation' && Array.isArray(payload) && payload.length === 1
        ? getMember(getMember(payload[0], 'data'), 'validationCode')
        : undefined,
    respond: (validationResponse) => jsonResponse({ validationResponse }),
  },
]

function findTyped(payload: unknown, type: string): unknown {
  return getMember(payload, 'type') === type ? getMember(payload, 'challenge') : undefined
}
