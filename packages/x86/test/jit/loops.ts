/** The loops of the JIT's measurements, in assembler: each is one region. rSI points to data. */
export const LOOPS32: { readonly [name: string]: string } = {
  ck: `
    loop: mov edx, [esi]
          add eax, edx
          xor eax, ebx
          rol eax, 5
          add esi, 8
          dec ecx
          jnz loop
          hlt`,
  fib: `
    fib:  cmp eax, 2
          jb leaf
          push eax
          sub eax, 1
          call fib
          pop edx
          push eax
          mov eax, edx
          sub eax, 2
          call fib
          pop edx
          add eax, edx
    leaf: ret`,
  cp: `
    loop: mov al, [esi]
          mov [edi], al
          inc esi
          inc edi
          test al, al
          jnz loop
          hlt`,
  sse: `
    loop: movaps xmm1, [esi]
          mulps xmm1, xmm2
          addps xmm0, xmm1
          add esi, 16
          dec ecx
          jnz loop
          hlt`,
  x87: `
    loop: fld qword [esi]
          fmul st0, st1
          faddp st2, st0
          add esi, 8
          dec ecx
          jnz loop
          hlt`,
};
