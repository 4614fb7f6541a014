import type { PageLanguage } from '../response/page-language.ts'

/** The copy of the pages in Polish. */
export const pl: PageLanguage = {
  confirm: {
    title: 'Prosimy o potwierdzenie',
    text: 'Nic nie zostanie wykonane, dopóki nie naciśnie się przycisku.',
    choices: 'Nic nie zostanie wykonane, dopóki nie wybierze się jednej z opcji.',
    redirect: 'Następnie zostanie otwarta strona {host}.',
    button: 'Potwierdzam',
  },
  done: { title: 'Gotowe', text: 'Można zamknąć tę stronę.' },
  accepted: { title: 'Operacja jest przetwarzana', text: 'Można zamknąć tę stronę.' },
  preview: { title: 'Otwórz link' },
  expired: { title: 'Ten link wygasł', text: 'Potrzebny jest nowy link.' },
  notYetValid: { title: 'Ten link nie jest jeszcze ważny', text: 'Prosimy otworzyć go ponownie później.' },
  alreadyUsed: {
    title: 'Ten link został już wykorzystany',
    text: 'Nie można użyć go ponownie. Potrzebny jest nowy link.',
    usedAt: 'Link został wykorzystany {time} i nie można użyć go ponownie.',
  },
  inProgress: { title: 'Ten link jest właśnie przetwarzany', text: 'Prosimy sprawdzić ponownie za kilka sekund.' },
  denied: { title: 'Ten link nie jest już akceptowany', text: 'Potrzebny jest nowy link.' },
  stateChanged: { title: 'Ten link już nie działa', text: 'Został już wykorzystany lub nie jest już potrzebny.' },
  signIn: {
    title: 'Aby użyć tego linku, należy się zalogować',
    text: 'Nic nie zostało wykonane. Prosimy zalogować się i ponownie otworzyć link.',
  },
  wrongUser: {
    title: 'Ten link jest przeznaczony dla innej osoby',
    text: 'Prosimy zalogować się na konto, na które został wysłany.',
  },
  unavailable: {
    title: 'Tego linku nie można teraz użyć',
    text: 'Nic nie zostało wykonane. Prosimy spróbować ponownie za chwilę.',
  },
  failed: { title: 'Wystąpił błąd', text: 'Operacja mogła nie zostać ukończona. Prosimy spróbować ponownie później.' },
  invalidRequest: {
    title: 'Nie udało się zrealizować operacji',
    text: 'Nic nie zostało wykonane. Prosimy wrócić, sprawdzić wprowadzone dane i spróbować ponownie.',
  },
  invalidLink: {
    title: 'Ten link nie działa',
    text: 'Może być niekompletny lub przeznaczony dla innej strony. Prosimy ponownie skopiować cały link lub poprosić o nowy.',
  },
  footer: { help: 'Potrzebują Państwo pomocy?', reference: 'Ref.: {code}' },
}
