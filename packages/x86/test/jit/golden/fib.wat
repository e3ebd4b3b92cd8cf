(module
  (type (;0;) (func (param i32 i64 i32 i32) (result i32)))
  (type (;1;) (func (param i32 i64 i32 i32 i32)))
  (type (;2;) (func (param i32 i32 i64 i32) (result i64)))
  (type (;3;) (func (param i32) (result i32)))
  (type (;4;) (func (param i32 i32) (result i32)))
  (import "machine" "memory" (memory 0))
  (import "engine" "resolve" (func $resolve (type 0)))
  (import "engine" "probe" (func $probe (type 1)))
  (import "engine" "segmentLinear" (func $segmentLinear (type 2)))
  (import "engine" "chain" (func $chain (type 3)))
  (import "engine" "regions" (table 0 funcref))
  (export "region" (func $region))
  (func $region (type 4) (param i32 i32) (result i32)
    (local i32 i32 i64 i32 i32 i64 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i64 i32 i32)
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
            block
              block
                block
                  local.get 6  br_table 0 1 2
                end
                local.get 0  i32.load offset=32  local.set 14
                local.get 14  local.set 15
                local.get 15  local.set 16
                local.get 2  local.get 16  i32.const 8  i32.shr_u  i32.const 0x3ff0  i32.and  i32.add  local.tee 17  i32.load
                    local.get 16  i32.const 3  i32.add  i32.const -4096  i32.and  local.get 3  i32.or  i32.eq
                    (@metadata.code.branch_hint "\01") if (result i32)
                  local.get 16  local.get 17  i32.load offset=8  i32.add
                else
                  local.get 0  local.get 16  i64.extend_i32_u  i32.const 1028  i32.const 0  call $resolve  local.tee 18  i32.eqz
                      (@metadata.code.branch_hint "\00") if
                    i32.const 14  local.set 8
                    i32.const 0  local.set 9
                    br 6
                  end
                  local.get 18
                end  i32.load  local.set 19
                local.get 14  local.set 20
                local.get 14  local.set 21
                local.get 21  local.get 21  local.get 20  i32.const 4  i32.add  i32.xor  i32.xor  local.set 14
                local.get 19  local.set 22
                local.get 0  i32.load  local.set 23
                local.get 23  local.set 21
                local.get 14  local.set 20
                local.get 20  i64.extend_i32_u  i64.const 4  i64.sub  local.set 24
                local.get 24  i32.wrap_i64  local.set 19
                local.get 2  local.get 19  i32.const 8  i32.shr_u  i32.const 0x3ff0  i32.and  i32.add  local.tee 18
                    i32.load offset=16384  local.get 19  i32.const 3  i32.add  i32.const -4096  i32.and  local.get 3  i32.or  i32.eq
                    (@metadata.code.branch_hint "\01") if (result i32)
                  local.get 19  local.get 18  i32.load offset=16392  i32.add
                else
                  local.get 0  local.get 19  i64.extend_i32_u  i32.const 1028  i32.const 1  call $resolve  local.tee 17  i32.eqz
                      (@metadata.code.branch_hint "\00") if
                    i32.const 15  local.set 8
                    i32.const 1  local.set 9
                    local.get 0  local.get 22  i64.extend_i32_u  i64.store offset=16
                    local.get 0  local.get 14  i64.extend_i32_u  i64.store offset=32
                    br 6
                  end
                  local.get 17
                end  local.get 21  i32.store
                local.get 14  local.set 16
                local.get 16  local.get 16  local.get 24  i32.wrap_i64  i32.xor  i32.xor  local.set 14
                local.get 22  local.set 16
                local.get 16  local.set 23
                local.get 23  local.set 16
                local.get 16  i32.const 2  i32.sub  local.set 23
                local.get 4  i64.const 26  i64.add  i64.const 0xffffffff  i64.and  local.set 24
                local.get 14  local.set 17
                local.get 17  i64.extend_i32_u  i64.const 4  i64.sub  local.set 25
                local.get 25  i32.wrap_i64  local.set 18
                local.get 2  local.get 18  i32.const 8  i32.shr_u  i32.const 0x3ff0  i32.and  i32.add  local.tee 19
                    i32.load offset=16384  local.get 18  i32.const 3  i32.add  i32.const -4096  i32.and  local.get 3  i32.or  i32.eq
                    (@metadata.code.branch_hint "\01") if (result i32)
                  local.get 18  local.get 19  i32.load offset=16392  i32.add
                else
                  local.get 0  local.get 18  i64.extend_i32_u  i32.const 1028  i32.const 1  call $resolve  local.tee 20  i32.eqz
                      (@metadata.code.branch_hint "\00") if
                    i32.const 1  local.set 10
                    i32.const 21  local.set 8
                    i32.const 4  local.set 9
                    local.get 0  local.get 23  i64.extend_i32_u  i64.store
                    local.get 0  local.get 22  i64.extend_i32_u  i64.store offset=16
                    local.get 0  local.get 14  i64.extend_i32_u  i64.store offset=32
                    br 6
                  end
                  local.get 20
                end  local.get 24  i32.wrap_i64  i32.store
                local.get 14  local.set 21
                local.get 21  local.get 21  local.get 25  i32.wrap_i64  i32.xor  i32.xor  local.set 14
                local.get 5  i32.const 5  i32.sub  local.set 5
                local.get 0  local.get 23  i64.extend_i32_u  i64.store
                local.get 0  local.get 22  i64.extend_i32_u  i64.store offset=16
                local.get 0  local.get 14  i64.extend_i32_u  i64.store offset=32
                br 0
              end
              block
                local.get 0  i32.load  local.set 23
                local.get 0  i32.load offset=32  local.set 14
                loop
                  block
                    block
                    end
                    local.get 23  local.set 16
                    local.get 23  i32.const 2  i32.lt_u  local.set 16
                    local.get 16  if
                      local.get 0  local.get 23  i32.store offset=1560
                      i32.const 2  local.set 10
                      local.get 5  i32.const 2  i32.sub  local.set 5
                      local.get 0  local.get 23  i64.extend_i32_u  i64.store
                      local.get 0  local.get 14  i64.extend_i32_u  i64.store offset=32
                      br 5
                    end
                    local.get 5  i32.const 2  i32.sub  local.set 5
                    br 0
                  end
                  local.get 23  local.set 16
                  local.get 14  local.set 21
                  local.get 21  i64.extend_i32_u  i64.const 4  i64.sub  local.set 25
                  local.get 25  i32.wrap_i64  local.set 20
                  local.get 2  local.get 20  i32.const 8  i32.shr_u  i32.const 0x3ff0  i32.and  i32.add  local.tee 19
                      i32.load offset=16384  local.get 20  i32.const 3  i32.add  i32.const -4096  i32.and  local.get 3  i32.or
                      i32.eq  (@metadata.code.branch_hint "\01") if (result i32)
                    local.get 20  local.get 19  i32.load offset=16392  i32.add
                  else
                    local.get 0  local.get 20  i64.extend_i32_u  i32.const 1028  i32.const 1  call $resolve  local.tee 18  i32.eqz
                        (@metadata.code.branch_hint "\00") if
                      i32.const 3  local.set 10
                      i32.const 5  local.set 8
                      i32.const 0  local.set 9
                      br 3
                    end
                    local.get 18
                  end  local.get 16  i32.store
                  local.get 14  local.set 17
                  local.get 17  local.get 17  local.get 25  i32.wrap_i64  i32.xor  i32.xor  local.set 14
                  local.get 23  local.set 17
                  local.get 23  local.set 18
                  local.get 23  local.set 19
                  local.get 17  i32.const 1  i32.sub  local.set 23
                  local.get 4  i64.const 14  i64.add  i64.const 0xffffffff  i64.and  local.set 25
                  local.get 14  local.set 20
                  local.get 20  i64.extend_i32_u  i64.const 4  i64.sub  local.set 24
                  local.get 24  i32.wrap_i64  local.set 21
                  local.get 2  local.get 21  i32.const 8  i32.shr_u  i32.const 0x3ff0  i32.and  i32.add  local.tee 16
                      i32.load offset=16384  local.get 21  i32.const 3  i32.add  i32.const -4096  i32.and  local.get 3  i32.or
                      i32.eq  (@metadata.code.branch_hint "\01") if (result i32)
                    local.get 21  local.get 16  i32.load offset=16392  i32.add
                  else
                    local.get 0  local.get 21  i64.extend_i32_u  i32.const 1028  i32.const 1  call $resolve  local.tee 15  i32.eqz
                        (@metadata.code.branch_hint "\00") if
                      i32.const 4  local.set 10
                      i32.const 9  local.set 8
                      i32.const 2  local.set 9
                      br 3
                    end
                    local.get 15
                  end  local.get 25  i32.wrap_i64  i32.store
                  local.get 14  local.set 26
                  local.get 26  local.get 26  local.get 24  i32.wrap_i64  i32.xor  i32.xor  local.set 14
                  local.get 5  i32.const 3  i32.sub  local.set 5
                  local.get 5  i32.const 13  i32.gt_s  br_if 0
                  i32.const 4  local.set 10
                  local.get 0  local.get 23  i64.extend_i32_u  i64.store
                  local.get 0  local.get 14  i64.extend_i32_u  i64.store offset=32
                  local.get 4  i64.const 0  i64.add  i64.const 0xffffffff  i64.and  local.set 7
                  br 6
                end
                unreachable
              end
              local.get 0  local.get 23  i64.extend_i32_u  i64.store
              local.get 0  local.get 14  i64.extend_i32_u  i64.store offset=32
              br 3
            end
            local.get 0  i32.load offset=32  local.set 14
            local.get 14  local.set 19
            local.get 19  local.set 18
            local.get 2  local.get 18  i32.const 8  i32.shr_u  i32.const 0x3ff0  i32.and  i32.add  local.tee 17  i32.load
                local.get 18  i32.const 3  i32.add  i32.const -4096  i32.and  local.get 3  i32.or  i32.eq
                (@metadata.code.branch_hint "\01") if (result i32)
              local.get 18  local.get 17  i32.load offset=8  i32.add
            else
              local.get 0  local.get 18  i64.extend_i32_u  i32.const 1028  i32.const 0  call $resolve  local.tee 26  i32.eqz
                  (@metadata.code.branch_hint "\00") if
                i32.const 26  local.set 8
                i32.const 0  local.set 9
                br 4
              end
              local.get 26
            end  i32.load  local.set 15
            local.get 14  local.set 16
            local.get 14  local.set 21
            local.get 21  local.get 21  local.get 16  i32.const 4  i32.add  i32.xor  i32.xor  local.set 14
            local.get 15  local.set 22
            local.get 0  i32.load  local.set 23
            local.get 23  local.set 21
            local.get 22  local.set 16
            local.get 21  local.get 16  i32.add  local.set 23
            local.get 0  local.get 22  i32.store offset=1560
            local.get 0  local.get 23  i32.store offset=1576
            i32.const 5  local.set 10
            local.get 5  i32.const 2  i32.sub  local.set 5
            local.get 0  local.get 23  i64.extend_i32_u  i64.store
            local.get 0  local.get 22  i64.extend_i32_u  i64.store offset=16
            local.get 0  local.get 14  i64.extend_i32_u  i64.store offset=32
            br 0
          end
          local.get 0  i32.load offset=32  local.set 14
          local.get 14  local.set 21
          local.get 21  local.set 16
          local.get 2  local.get 16  i32.const 8  i32.shr_u  i32.const 0x3ff0  i32.and  i32.add  local.tee 15  i32.load
              local.get 16  i32.const 3  i32.add  i32.const -4096  i32.and  local.get 3  i32.or  i32.eq
              (@metadata.code.branch_hint "\01") if (result i32)
            local.get 16  local.get 15  i32.load offset=8  i32.add
          else
            local.get 0  local.get 16  i64.extend_i32_u  i32.const 1028  i32.const 0  call $resolve  local.tee 26  i32.eqz
                (@metadata.code.branch_hint "\00") if
              i32.const 29  local.set 8
              i32.const 0  local.set 9
              br 3
            end
            local.get 26
          end  i32.load  local.set 17
          local.get 17  local.set 18
          local.get 14  local.set 19
          local.get 14  local.set 20
          local.get 20  local.get 20  local.get 19  i32.const 4  i32.add  i32.xor  i32.xor  local.set 14
          local.get 18  i64.extend_i32_u  local.set 24
          local.get 5  i32.const 1  i32.sub  local.set 5
          local.get 0  local.get 14  i64.extend_i32_u  i64.store offset=32
          local.get 24  local.get 4  i64.sub  local.tee 25  local.get 25  i32.wrap_i64  i32.const 15  i32.and  i32.const 4  i32.shl
              local.tee 27  i64.load32_s offset=4096  i64.eq  local.get 27  i32.load offset=4100  local.tee 6  i32.const 0  i32.ne
              i32.and  local.get 5  i32.const 13  i32.gt_s  i32.and  if
            local.get 6  i32.const 1  i32.sub  local.set 6
            br 1
          end
          local.get 24  local.set 7
          br 2
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
          block
            block
              block
                local.get 10  i32.const 1  i32.sub  br_table 0 1 2 3 4 5
              end
              local.get 0  i32.load  i32.const 2  i32.add  i32.const -1  i32.xor  i32.const 2  i32.and  local.get 0  i32.load
                  i32.const 2  i32.add  i32.const -1  i32.xor  i32.const 2  i32.or  local.get 0  i32.load  i32.and  i32.or
                  local.set 27
              local.get 0  local.get 27  i32.const 0xc0000008  i32.and  i32.store offset=184
              local.get 0  local.get 0  i32.load  i64.extend_i32_s  i64.store offset=176
              br 4
            end
            local.get 0  i32.load offset=1560  i32.const 2  i32.sub  i32.const 2  i32.add  i32.const -1  i32.xor  i32.const 2
                i32.and  local.get 0  i32.load offset=1560  i32.const 2  i32.sub  i32.const 2  i32.add  i32.const -1  i32.xor
                i32.const 2  i32.or  local.get 0  i32.load offset=1560  i32.const 2  i32.sub  i32.and  i32.or  local.set 20
            local.get 0  local.get 20  i32.const 0xc0000008  i32.and  i32.store offset=184
            local.get 0  local.get 0  i32.load offset=1560  i32.const 2  i32.sub  i64.extend_i32_s  i64.store offset=176
            br 3
          end
          local.get 0  i32.load  i32.const 2  i32.sub  i32.const 2  i32.add  i32.const -1  i32.xor  i32.const 2  i32.and
              local.get 0  i32.load  i32.const 2  i32.sub  i32.const 2  i32.add  i32.const -1  i32.xor  i32.const 2  i32.or
              local.get 0  i32.load  i32.const 2  i32.sub  i32.and  i32.or  local.set 19
          local.get 0  local.get 19  i32.const 0xc0000008  i32.and  i32.store offset=184
          local.get 0  local.get 0  i32.load  i32.const 2  i32.sub  i64.extend_i32_s  i64.store offset=176
          br 2
        end
        local.get 0  i32.load  i32.const 1  i32.add  i32.const -1  i32.xor  i32.const 1  i32.and  local.get 0  i32.load  i32.const 1
            i32.add  i32.const -1  i32.xor  i32.const 1  i32.or  local.get 0  i32.load  i32.and  i32.or  local.set 18
        local.get 0  local.get 18  i32.const 0xc0000008  i32.and  i32.store offset=184
        local.get 0  local.get 0  i32.load  i64.extend_i32_s  i64.store offset=176
        br 1
      end
      local.get 0  i32.load offset=1576  local.get 0  i32.load offset=1560  i32.sub  local.get 0  i32.load offset=1560  i32.and
          local.get 0  i32.load offset=1576  local.get 0  i32.load offset=1560  i32.sub  local.get 0  i32.load offset=1560  i32.or
          local.get 0  i32.load offset=1576  i32.const -1  i32.xor  i32.and  i32.or  local.set 17
      local.get 0  local.get 17  i32.const 0xc0000008  i32.and  i32.store offset=184
      local.get 0  local.get 0  i32.load offset=1576  i64.extend_i32_s  i64.store offset=176
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
      local.get 0  i32.load offset=1548  local.tee 17  i32.eqz  br_if 0
      local.get 7  i64.const -4096  i64.and  local.tee 25  local.get 0  i64.load offset=136  i64.ne  if
        local.get 0  local.get 0  i32.load offset=1460  i32.add  local.get 7  i32.wrap_i64  i32.const 8  i32.shr_u  i32.const 0x3ff0
            i32.and  i32.add  local.tee 18  i64.load  local.get 25  local.get 3  i64.extend_i32_u  i64.or  i64.ne  br_if 1
        local.get 18  i32.load offset=12  local.tee 18  i32.eqz  local.get 18  local.get 17  i32.eq  i32.or  br_if 1
        local.get 18  i32.load offset=4  local.get 0  i32.load offset=1416  i32.ne  local.get 18  i32.load offset=12  i32.eqz
            i32.or  br_if 1
        local.get 18  local.set 17
        local.get 0  local.get 17  i32.store offset=1548
        local.get 0  local.get 25  i64.store offset=136
      end
      local.get 17  local.get 7  i32.wrap_i64  i32.const 4095  i32.and  i32.const 1  i32.shl  i32.add  i32.load16_u offset=16
          local.tee 19  i32.eqz  br_if 0
      local.get 17  i32.load offset=8  local.get 19  i32.const 4  i32.shl  i32.add  i32.const 16  i32.sub  local.tee 19
          i32.load16_u  i32.const 5  i32.ne  local.get 5  local.get 19  i32.load16_u offset=4  i32.le_s  i32.or  br_if 0
      local.get 0  local.get 19  i32.load16_u offset=6  local.get 19  i32.load offset=12  return_call_indirect (type 4)
    end
    local.get 0  return_call $chain
  )
)
