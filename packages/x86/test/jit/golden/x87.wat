(module
  (type (;0;) (func (param i32 i64 i32 i32) (result i32)))
  (type (;1;) (func (param i32 i64 i32 i32 i32)))
  (type (;2;) (func (param i32 i32 i64 i32) (result i64)))
  (type (;3;) (func (param i32 i64) (result i64 i32)))
  (type (;4;) (func (param i32 i32 i64 i32)))
  (type (;5;) (func (param i32) (result i32)))
  (type (;6;) (func (param i32 i32) (result i32)))
  (import "machine" "memory" (memory 0))
  (import "engine" "resolve" (func $resolve (type 0)))
  (import "engine" "probe" (func $probe (type 1)))
  (import "engine" "segmentLinear" (func $segmentLinear (type 2)))
  (import "engine" "widen-real-64" (func $widen-real-64 (type 3)))
  (import "engine" "x87-load" (func $x87-load (type 1)))
  (import "engine" "x87-mul" (func $x87-mul (type 4)))
  (import "engine" "x87-add" (func $x87-add (type 4)))
  (import "engine" "chain" (func $chain (type 5)))
  (import "engine" "regions" (table 0 funcref))
  (export "region" (func $region))
  (func $region (type 6) (param i32 i32) (result i32)
    (local i32 i32 i64 i32 i32 i64 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i32 i32 i32 i64 i32 i64 i32 i32 i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i32 i64 i32 i32 i32 i32 i64 i32 i32 i32 i32 i64 i64 i32 i64 i32 i32 i32 i32 i32 i64 i32 i32 i32 i32 i64 i32 i32)
    local.get 0  i64.load offset=1432  i64.const 0xffffffff  i64.ne  local.get 0  i32.load offset=1424  i32.or  local.get 0
        i32.load offset=1420  i32.or  if
      i32.const 1  return
    end
    local.get 0  local.get 0  i32.load offset=1456  i32.add  local.set 2
    local.get 0  i32.load offset=1448  local.set 3
    local.get 0  i64.load offset=136  local.set 4
    local.get 0  i32.load offset=1380  local.set 5
    local.get 1  local.set 6
    block
      block
        loop
          block
          end
          block
            local.get 0  i32.load offset=8  local.set 14
            local.get 0  i32.load offset=48  local.set 15
            i32.const 0  local.set 18
            loop
              block
              end
              local.get 0  i32.load offset=1524  local.set 19
              local.get 19  i32.const 12  i32.and  if
                local.get 0  i32.const 7  i32.store offset=1388
                local.get 0  i32.const 0  i32.store offset=1392
                local.get 0  i32.const 0  i32.store offset=1396
                local.get 0  i32.const 1  i32.store offset=1384
                i32.const 0  local.set 8
                i32.const 0  local.set 9
                br 2
              end
              local.get 0  i32.load offset=692  local.set 20
              local.get 20  i32.const 128  i32.and  i32.const 0  i32.ne  if
                local.get 0  i32.const 16  i32.store offset=1388
                local.get 0  i32.const 0  i32.store offset=1392
                local.get 0  i32.const 0  i32.store offset=1396
                local.get 0  i32.const 1  i32.store offset=1384
                i32.const 0  local.set 8
                i32.const 0  local.set 9
                br 2
              end
              local.get 15  local.set 21
              local.get 21  local.get 16  i32.xor  local.get 18  i32.lt_u  (@metadata.code.branch_hint "\01") if (result i32)
                local.get 21  local.get 17  i32.add
              else
                local.get 2  local.get 21  i32.const 8  i32.shr_u  i32.const 0x3ff0  i32.and  i32.add  local.tee 22  i32.load
                    local.get 21  i32.const 7  i32.add  i32.const -4096  i32.and  local.get 3  i32.or  i32.eq
                    (@metadata.code.branch_hint "\01") if (result i32)
                  local.get 21  i32.const -4096  i32.and  local.set 16
                  i32.const 4089  local.set 18
                  local.get 21  local.get 22  i32.load offset=8  local.tee 17  i32.add
                else
                  local.get 0  local.get 21  i64.extend_i32_u  i32.const 8  i32.const 0  call $resolve  local.tee 23  i32.eqz
                      (@metadata.code.branch_hint "\00") if
                    i32.const 0  local.set 8
                    i32.const 0  local.set 9
                    br 4
                  end
                  i32.const 0  local.set 18
                  local.get 23
                end
              end  i64.load  local.set 24
              local.get 0  i32.load offset=696  local.set 25
              local.get 24  i64.const 52  i64.shr_u  i32.wrap_i64  i32.const 2047  i32.and  i32.const 1  i32.sub  local.get 25
                  i32.const 1  local.get 20  i32.const -2048  i32.add  i32.const 7  i32.shr_u  i32.const 112  i32.and  i32.const 4
                  i32.shr_u  i32.shl  i32.and  i32.const 16  i32.shl  i32.or  i32.const 2046  i32.lt_u
                  (@metadata.code.branch_hint "\01") if
                local.get 20  i32.const -2048  i32.add  i32.const 7  i32.shr_u  i32.const 112  i32.and  local.set 26
                local.get 0  local.get 26  i32.add  local.get 24  i64.const 11  i64.shl  i64.const 0x8000000000000000  i64.or
                    i64.store offset=736
                local.get 0  local.get 26  i32.add  local.get 24  i64.const 52  i64.shr_u  i32.wrap_i64  i32.const 2047  i32.and
                    i32.const 0x3c00  i32.add  local.get 24  i64.const 48  i64.shr_u  i32.wrap_i64  i32.const 0x8000  i32.and
                    i32.or  i32.store offset=744
                local.get 0  local.get 20  i32.const 0xc7ff  i32.and  local.get 20  i32.const -2048  i32.add  i32.const 0x3800
                    i32.and  i32.or  i32.store offset=692
                local.get 0  i32.const 0  i32.store8 offset=704
                local.get 0  local.get 25  i32.const 1  local.get 20  i32.const -2048  i32.add  i32.const 7  i32.shr_u
                    i32.const 112  i32.and  i32.const 4  i32.shr_u  i32.shl  i32.or  i32.store offset=696
              else
                local.get 0  local.get 24  call $widen-real-64  local.set 27  local.set 28
                local.get 0  local.get 28  local.get 27  i32.const 1  i32.const 0  call $x87-load
                local.get 0  i32.load offset=692  local.set 29
                local.get 29  i32.const 128  i32.and  if
                  local.get 4  i64.const 0  i64.add  i64.const 0xffffffff  i64.and  local.set 30
                  local.get 0  local.get 30  i64.store offset=712
                  local.get 0  i32.load offset=240  local.set 31
                  local.get 0  local.get 31  i32.store16 offset=728
                  local.get 0  i32.const 1280  i32.store16 offset=702
                  local.get 15  local.set 32
                  local.get 0  local.get 32  i64.extend_i32_u  i64.store offset=720
                  local.get 0  i32.load offset=304  local.set 33
                  local.get 0  local.get 33  i32.store16 offset=730
                end
              end
              local.get 0  i32.load offset=1524  local.set 33
              local.get 33  i32.const 12  i32.and  if
                local.get 0  i32.const 7  i32.store offset=1388
                local.get 0  i32.const 0  i32.store offset=1392
                local.get 0  i32.const 0  i32.store offset=1396
                local.get 0  i32.const 1  i32.store offset=1384
                i32.const 2  local.set 8
                i32.const 1  local.set 9
                br 2
              end
              local.get 0  i32.load offset=692  local.set 32
              local.get 32  i32.const 128  i32.and  i32.const 0  i32.ne  if
                local.get 0  i32.const 16  i32.store offset=1388
                local.get 0  i32.const 0  i32.store offset=1392
                local.get 0  i32.const 0  i32.store offset=1396
                local.get 0  i32.const 1  i32.store offset=1384
                i32.const 2  local.set 8
                i32.const 1  local.set 9
                br 2
              end
              local.get 0  i32.load offset=696  local.set 31
              local.get 32  i32.const 7  i32.shr_u  i32.const 112  i32.and  local.set 29
              local.get 0  local.get 29  i32.add  i64.load offset=736  local.set 30
              local.get 0  local.get 29  i32.add  i32.load offset=744  local.set 27
              block
                local.get 31  local.get 32  i32.const 7  i32.shr_u  i32.const 112  i32.and  i32.const 4  i32.shr_u  i32.shr_u
                    i32.const 1  i32.and  (@metadata.code.branch_hint "\01") if
                  local.get 32  i32.const 7  i32.shr_u  i32.const 112  i32.and  i32.const 1  i32.const 4  i32.shl  i32.add
                      i32.const 112  i32.and  local.set 26
                  local.get 31  local.get 26  i32.const 4  i32.shr_u  i32.shr_u  i32.const 1  i32.and
                      (@metadata.code.branch_hint "\01") if
                    local.get 0  local.get 26  i32.add  i64.load offset=736  local.set 28
                    local.get 0  local.get 26  i32.add  i32.load offset=744  local.set 25
                    local.get 28  i64.const 0  i64.lt_s  (@metadata.code.branch_hint "\01") if
                      local.get 25  i32.const 0x7fff  i32.and  i32.const 1  i32.sub  i32.const 0x7ffe  i32.lt_u
                          (@metadata.code.branch_hint "\01") if
                        local.get 0  i32.load16_u offset=700  local.set 23
                        local.get 23  i32.const 3872  i32.and  i32.const 800  i32.eq  (@metadata.code.branch_hint "\01") if
                          local.get 30  i64.const 0  i64.lt_s  (@metadata.code.branch_hint "\01") if
                            local.get 27  i32.const 0x7fff  i32.and  i32.const 1  i32.sub  i32.const 0x7ffe  i32.lt_u
                                (@metadata.code.branch_hint "\01") if
                              local.get 30  i32.wrap_i64  local.set 22
                              local.get 30  i64.const 32  i64.shr_u  local.set 24
                              local.get 28  i32.wrap_i64  local.set 21
                              local.get 28  i64.const 32  i64.shr_u  local.set 34
                              local.get 24  local.get 21  i64.extend_i32_u  i64.mul  local.get 22  i64.extend_i32_u  local.get 21
                                  i64.extend_i32_u  i64.mul  i64.const 32  i64.shr_u  i64.add  local.set 35
                              local.get 24  local.get 34  i64.mul  local.get 35  i64.const 32  i64.shr_u  i64.add  local.get 22
                                  i64.extend_i32_u  local.get 34  i64.mul  local.get 35  i64.const 0xffffffff  i64.and  i64.add
                                  i64.const 32  i64.shr_u  i64.add  local.set 36
                              local.get 30  local.get 28  i64.mul  local.set 37
                              local.get 36  i64.const 63  i64.shr_u  local.set 38
                              local.get 38  i64.const 1  i64.xor  local.set 39
                              local.get 27  i32.const 0x7fff  i32.and  local.get 25  i32.const 0x7fff  i32.and  i32.add
                                  i32.const 0x3fff  i32.sub  local.get 38  i32.wrap_i64  i32.add  local.set 20
                              local.get 36  local.get 39  i64.shl  local.get 37  i64.const 63  i64.shr_u  local.get 39  i64.and
                                  i64.or  local.set 40
                              local.get 37  local.get 39  i64.shl  local.set 41
                              local.get 41  i64.const 63  i64.shr_u  local.set 42
                              local.get 41  i64.const 0x8000000000000000  i64.eq  (@metadata.code.branch_hint "\00") if
                                local.get 40  i64.const 1  i64.and  local.set 42
                              end
                              local.get 42  local.set 43
                              local.get 40  local.get 43  i64.add  local.set 44
                              local.get 20  i32.const 1  i32.sub  i32.const 0x7ffe  i32.lt_u  (@metadata.code.branch_hint "\01") if
                                local.get 44  i64.const 0  i64.lt_s  (@metadata.code.branch_hint "\01") if
                                  local.get 0  local.get 29  i32.add  local.get 44  i64.store offset=736
                                  local.get 0  local.get 29  i32.add  local.get 20  local.get 27  local.get 25  i32.xor
                                      i32.const 0x8000  i32.and  i32.or  i32.store offset=744
                                  local.get 0  local.get 43  i32.wrap_i64  i32.store8 offset=704
                                  local.get 32  i32.const 32  i32.and  i32.eqz  (@metadata.code.branch_hint "\00") if
                                    local.get 41  i64.const 0  i64.ne  if
                                    local.get 0  local.get 32  i32.const 32  i32.or  i32.store offset=692
                                    end
                                  end
                                  br 9
                                end
                              end
                            end
                          end
                        end
                      end
                    end
                  end
                end
                local.get 0  i32.load offset=692  local.set 19
                local.get 19  i32.const 11  i32.shr_u  i32.const 1  i32.add  i32.const 7  i32.and  i32.const 16  i32.mul
                    local.set 45
                local.get 0  local.get 45  i32.add  i64.load offset=736  local.set 46
                local.get 0  local.get 45  i32.add  i32.load offset=744  local.set 47
                local.get 0  i32.load offset=692  local.set 48
                local.get 0  i32.load offset=696  local.set 49
                local.get 0  local.get 49  local.get 48  i32.const 11  i32.shr_u  i32.const 1  i32.add  i32.const 7  i32.and
                    i32.shr_u  i32.const 1  i32.and  i32.const 1  i32.xor  i32.const 16  i32.mul  local.get 46  local.get 47
                    call $x87-mul
                local.get 0  i32.load offset=692  local.set 50
                local.get 50  i32.const 128  i32.and  if
                  local.get 4  i64.const 2  i64.add  i64.const 0xffffffff  i64.and  local.set 51
                  local.get 0  local.get 51  i64.store offset=712
                  local.get 0  i32.load offset=240  local.set 52
                  local.get 0  local.get 52  i32.store16 offset=728
                  local.get 0  i32.const 201  i32.store16 offset=702
                end
              end
              local.get 0  i32.load offset=1524  local.set 52
              local.get 52  i32.const 12  i32.and  if
                local.get 0  i32.const 7  i32.store offset=1388
                local.get 0  i32.const 0  i32.store offset=1392
                local.get 0  i32.const 0  i32.store offset=1396
                local.get 0  i32.const 1  i32.store offset=1384
                i32.const 4  local.set 8
                i32.const 2  local.set 9
                br 2
              end
              local.get 0  i32.load offset=692  local.set 50
              local.get 50  i32.const 128  i32.and  i32.const 0  i32.ne  if
                local.get 0  i32.const 16  i32.store offset=1388
                local.get 0  i32.const 0  i32.store offset=1392
                local.get 0  i32.const 0  i32.store offset=1396
                local.get 0  i32.const 1  i32.store offset=1384
                i32.const 4  local.set 8
                i32.const 2  local.set 9
                br 2
              end
              local.get 0  i32.load offset=696  local.set 49
              local.get 50  i32.const 7  i32.shr_u  i32.const 112  i32.and  local.set 48
              local.get 0  local.get 48  i32.add  i64.load offset=736  local.set 51
              local.get 0  local.get 48  i32.add  i32.load offset=744  local.set 47
              block
                local.get 49  local.get 50  i32.const 7  i32.shr_u  i32.const 112  i32.and  i32.const 4  i32.shr_u  i32.shr_u
                    i32.const 1  i32.and  (@metadata.code.branch_hint "\01") if
                  local.get 50  i32.const 7  i32.shr_u  i32.const 112  i32.and  i32.const 2  i32.const 4  i32.shl  i32.add
                      i32.const 112  i32.and  local.set 45
                  local.get 49  local.get 45  i32.const 4  i32.shr_u  i32.shr_u  i32.const 1  i32.and
                      (@metadata.code.branch_hint "\01") if
                    local.get 0  local.get 45  i32.add  i64.load offset=736  local.set 46
                    local.get 0  local.get 45  i32.add  i32.load offset=744  local.set 19
                    local.get 46  i64.const 0  i64.lt_s  (@metadata.code.branch_hint "\01") if
                      local.get 19  i32.const 0x7fff  i32.and  i32.const 1  i32.sub  i32.const 0x7ffe  i32.lt_u
                          (@metadata.code.branch_hint "\01") if
                        local.get 0  i32.load16_u offset=700  local.set 20
                        local.get 20  i32.const 3872  i32.and  i32.const 800  i32.eq  (@metadata.code.branch_hint "\01") if
                          local.get 51  i64.const 0  i64.lt_s  (@metadata.code.branch_hint "\01") if
                            local.get 47  i32.const 0x7fff  i32.and  i32.const 1  i32.sub  i32.const 0x7ffe  i32.lt_u
                                (@metadata.code.branch_hint "\01") if
                              local.get 47  i32.const 0x7fff  i32.and  local.set 21
                              local.get 19  i32.const 0x7fff  i32.and  local.set 22
                              local.get 21  local.get 22  i32.sub  local.set 23
                              local.get 23  i32.const 0  i32.lt_s  local.set 25
                              local.get 22  local.get 21  i32.sub  local.get 23  local.get 25  select  local.set 26
                              local.get 26  i32.const 64  i32.lt_u  (@metadata.code.branch_hint "\01") if
                                local.get 46  local.get 51  local.get 25  select  local.set 44
                                local.get 51  local.get 46  local.get 25  select  local.set 43
                                local.get 26  local.set 27
                                local.get 43  local.get 27  i64.extend_i32_u  i64.shr_u  local.set 42
                                local.get 43  local.get 27  i64.extend_i32_u  i64.rotr  local.get 42  i64.sub  local.set 41
                                local.get 19  local.get 47  local.get 25  select  local.set 29
                                local.get 29  i32.const 0x8000  i32.and  local.set 31
                                local.get 29  i32.const 0x7fff  i32.and  local.set 32
                                local.get 44  local.set 40
                                local.get 41  local.set 39
                                local.get 32  local.set 33
                                local.get 47  local.get 19  i32.xor  i32.const 0x8000  i32.and  if
                                  i64.const 0  local.get 41  i64.sub  local.set 39
                                  local.get 44  local.get 42  i64.sub  local.get 41  i64.const 0  i64.ne  i64.extend_i32_u  i64.sub
                                      local.set 40
                                  local.get 44  local.get 42  i64.lt_u  if
                                    local.get 42  local.get 44  i64.sub  local.set 40
                                    local.get 31  local.set 53
                                    local.get 53  i32.const 0x8000  i32.xor  local.set 31
                                  end
                                else
                                  local.get 44  local.get 42  i64.add  local.set 38
                                  local.get 38  local.set 40
                                  local.get 38  local.get 44  i64.lt_u  if
                                    local.get 38  i64.const 1  i64.shr_u  i64.const 0x8000000000000000  i64.or  local.set 40
                                    local.get 38  i64.const 63  i64.shl  local.get 41  i64.const 1  i64.shr_u  i64.or  local.get 41
                                        i64.const 1  i64.and  i64.or  local.set 39
                                    local.get 32  i32.const 1  i32.add  local.set 33
                                  end
                                end
                                local.get 40  local.set 37
                                local.get 39  local.set 36
                                local.get 33  local.set 54
                                local.get 37  local.set 35
                                local.get 36  local.set 34
                                local.get 54  local.set 55
                                local.get 37  i64.const 0  i64.ge_s  if
                                  local.get 37  i64.clz  local.set 24
                                  local.get 37  local.get 24  i64.shl  local.get 36  i64.const 1  i64.shr_u  local.get 24
                                      i64.const 63  i64.xor  i64.shr_u  i64.or  local.set 35
                                  local.get 36  local.get 24  i64.shl  local.set 34
                                  local.get 54  local.get 24  i32.wrap_i64  i32.sub  local.set 55
                                end
                                local.get 35  local.set 28
                                local.get 34  local.set 30
                                local.get 30  i64.const 63  i64.shr_u  local.set 56
                                local.get 30  i64.const 0x8000000000000000  i64.eq  (@metadata.code.branch_hint "\00") if
                                  local.get 28  i64.const 1  i64.and  local.set 56
                                end
                                local.get 56  local.set 57
                                local.get 55  local.set 58
                                local.get 28  local.get 57  i64.add  local.set 59
                                local.get 58  i32.const 1  i32.sub  i32.const 0x7ffe  i32.lt_u
                                    (@metadata.code.branch_hint "\01") if
                                  local.get 59  i64.const 0  i64.lt_s  (@metadata.code.branch_hint "\01") if
                                    local.get 31  local.set 60
                                    local.get 50  i32.const 7  i32.shr_u  i32.const 112  i32.and  i32.const 2  i32.const 4  i32.shl
                                        i32.add  i32.const 112  i32.and  local.set 61
                                    local.get 0  local.get 61  i32.add  local.get 59  i64.store offset=736
                                    local.get 0  local.get 61  i32.add  local.get 58  local.get 60  i32.or  i32.store offset=744
                                    local.get 50  i32.const 0xc7ff  i32.and  local.get 50  i32.const 2048  i32.add  i32.const 0x3800
                                        i32.and  i32.or  local.set 62
                                    local.get 0  local.get 62  i32.store offset=692
                                    local.get 0  local.get 57  i32.wrap_i64  i32.store8 offset=704
                                    local.get 0  local.get 49  i32.const 1  local.get 50  i32.const 7  i32.shr_u  i32.const 112
                                        i32.and  i32.const 4  i32.shr_u  i32.shl  i32.xor  i32.store offset=696
                                    local.get 50  i32.const 32  i32.and  i32.eqz  (@metadata.code.branch_hint "\00") if
                                    local.get 30  i64.const 0  i64.ne  if
                                    local.get 0  local.get 62  i32.const 32  i32.or  i32.store offset=692
                                    end
                                    end
                                    br 10
                                  end
                                end
                              end
                            end
                          end
                        end
                      end
                    end
                  end
                end
                local.get 0  i32.load offset=692  local.set 63
                local.get 63  i32.const 11  i32.shr_u  i32.const 2  i32.add  i32.const 7  i32.and  i32.const 16  i32.mul
                    local.set 64
                local.get 0  local.get 64  i32.add  i64.load offset=736  local.set 65
                local.get 0  local.get 64  i32.add  i32.load offset=744  local.set 66
                local.get 0  i32.load offset=692  local.set 67
                local.get 0  i32.load offset=696  local.set 68
                local.get 0  i32.const 10  local.get 68  local.get 67  i32.const 11  i32.shr_u  i32.const 2  i32.add  i32.const 7
                    i32.and  i32.shr_u  i32.const 1  i32.and  i32.const 1  i32.xor  i32.const 16  i32.mul  i32.or  local.get 65
                    local.get 66  call $x87-add
                local.get 0  i32.load offset=692  local.set 69
                local.get 69  i32.const 128  i32.and  if
                  local.get 4  i64.const 4  i64.add  i64.const 0xffffffff  i64.and  local.set 70
                  local.get 0  local.get 70  i64.store offset=712
                  local.get 0  i32.load offset=240  local.set 71
                  local.get 0  local.get 71  i32.store16 offset=728
                  local.get 0  i32.const 1730  i32.store16 offset=702
                end
              end
              local.get 15  local.set 71
              local.get 71  i32.const 8  i32.add  local.set 15
              local.get 14  local.set 69
              local.get 69  i32.const 1  i32.sub  local.set 14
              local.get 14  i32.eqz  i32.eqz  local.set 68
              local.get 68  if
                local.get 69  local.set 72
                i32.const 1  local.set 10
                local.get 5  i32.const 6  i32.sub  local.set 5
                local.get 5  i32.const 6  i32.gt_s  br_if 1
                local.get 0  local.get 14  i64.extend_i32_u  i64.store offset=8
                local.get 0  local.get 15  i64.extend_i32_u  i64.store offset=48
                local.get 4  i64.const 0  i64.add  i64.const 0xffffffff  i64.and  local.set 7
                br 5
              end
              local.get 0  local.get 69  i32.store offset=1560
              i32.const 2  local.set 10
              local.get 5  i32.const 6  i32.sub  local.set 5
              local.get 0  local.get 14  i64.extend_i32_u  i64.store offset=8
              local.get 0  local.get 15  i64.extend_i32_u  i64.store offset=48
              local.get 4  i64.const 12  i64.add  i64.const 0xffffffff  i64.and  local.set 7
              br 4
            end
            unreachable
          end
          local.get 0  local.get 14  i64.extend_i32_u  i64.store offset=8
          local.get 0  local.get 15  i64.extend_i32_u  i64.store offset=48
          br 1
          unreachable
        end
      end
      local.get 4  local.get 8  i64.extend_i32_s  i64.add  i64.const 0xffffffff  i64.and  local.set 7
      local.get 5  local.get 9  i32.sub  local.set 5
      i32.const 1  local.set 13
    end
    block
      block
        block
          local.get 10  i32.const 1  i32.sub  br_table 0 1 2
        end
        local.get 0  i32.load offset=48  local.get 0  i32.load offset=48  i32.const 8  i32.sub  i32.lt_u  local.set 69
        local.get 72  i32.const 1  i32.xor  local.get 72  local.get 0  i32.load offset=8  i32.xor  i32.and  i32.const 31  i32.shr_u
            i32.const 1  i32.and  local.set 71
        local.get 72  i32.const -1  i32.xor  i32.const 1  i32.and  local.get 72  i32.const -1  i32.xor  i32.const 1  i32.or
            local.get 0  i32.load offset=8  i32.and  i32.or  i32.const 3  i32.shr_u  i32.const 1  i32.and  local.set 68
        local.get 0  local.get 69  i32.const 31  i32.shl  local.get 69  local.get 71  i32.xor  i32.const 30  i32.shl  i32.or
            local.get 68  i32.const 3  i32.shl  i32.or  i32.store offset=184
        local.get 0  local.get 0  i32.load offset=8  i64.extend_i32_s  i64.store offset=176
        br 1
      end
      local.get 0  i32.load offset=48  local.get 0  i32.load offset=48  i32.const 8  i32.sub  i32.lt_u  local.set 63
      local.get 0  i32.load offset=1560  i32.const 1  i32.xor  local.get 0  i32.load offset=1560  local.get 0  i32.load offset=8
          i32.xor  i32.and  i32.const 31  i32.shr_u  i32.const 1  i32.and  local.set 62
      local.get 0  i32.load offset=1560  i32.const -1  i32.xor  i32.const 1  i32.and  local.get 0  i32.load offset=1560
          i32.const -1  i32.xor  i32.const 1  i32.or  local.get 0  i32.load offset=8  i32.and  i32.or  i32.const 3  i32.shr_u
          i32.const 1  i32.and  local.set 61
      local.get 0  local.get 63  i32.const 31  i32.shl  local.get 63  local.get 62  i32.xor  i32.const 30  i32.shl  i32.or
          local.get 61  i32.const 3  i32.shl  i32.or  i32.store offset=184
      local.get 0  local.get 0  i32.load offset=8  i64.extend_i32_s  i64.store offset=176
      br 0
    end
    local.get 0  local.get 7  i64.store offset=160
    local.get 0  local.get 5  i32.store offset=1380
    local.get 13  if
      i32.const 1  return
    end
    block
      local.get 5  i32.const 48  i32.le_s  local.get 0  i32.load offset=1408  i32.or  local.get 0  i32.load offset=1384  i32.or
          br_if 0
      local.get 0  i32.load offset=1548  local.tee 55  i32.eqz  br_if 0
      local.get 7  i64.const -4096  i64.and  local.tee 70  local.get 0  i64.load offset=136  i64.ne  if
        local.get 0  local.get 0  i32.load offset=1460  i32.add  local.get 7  i32.wrap_i64  i32.const 8  i32.shr_u  i32.const 0x3ff0
            i32.and  i32.add  local.tee 58  i64.load  local.get 70  local.get 3  i64.extend_i32_u  i64.or  i64.ne  br_if 1
        local.get 58  i32.load offset=12  local.tee 58  i32.eqz  local.get 58  local.get 55  i32.eq  i32.or  br_if 1
        local.get 58  i32.load offset=4  local.get 0  i32.load offset=1416  i32.ne  local.get 58  i32.load offset=12  i32.eqz
            i32.or  br_if 1
        local.get 58  local.set 55
        local.get 0  local.get 55  i32.store offset=1548
        local.get 0  local.get 70  i64.store offset=136
      end
      local.get 55  local.get 7  i32.wrap_i64  i32.const 4095  i32.and  i32.const 1  i32.shl  i32.add  i32.load16_u offset=16
          local.tee 60  i32.eqz  br_if 0
      local.get 55  i32.load offset=8  local.get 60  i32.const 4  i32.shl  i32.add  i32.const 16  i32.sub  local.tee 60
          i32.load16_u  i32.const 5  i32.ne  local.get 5  local.get 60  i32.load16_u offset=4  i32.le_s  i32.or  br_if 0
      local.get 0  local.get 60  i32.load16_u offset=6  local.get 60  i32.load offset=12  return_call_indirect (type 6)
    end
    local.get 0  return_call $chain
  )
)
