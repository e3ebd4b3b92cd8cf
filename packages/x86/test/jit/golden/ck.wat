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
    (local i32 i32 i64 i32 i32 i64 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i64)
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
            local.get 0  i32.load  local.set 14
            local.get 0  i32.load offset=8  local.set 15
            local.get 0  i32.load offset=16  local.set 16
            local.get 0  i32.load offset=24  local.set 17
            local.get 0  i32.load offset=48  local.set 18
            i32.const 0  local.set 21
            loop
              block
              end
              local.get 18  local.set 22
              local.get 22  local.get 19  i32.xor  local.get 21  i32.lt_u  (@metadata.code.branch_hint "\01") if (result i32)
                local.get 22  local.get 20  i32.add
              else
                local.get 2  local.get 22  i32.const 8  i32.shr_u  i32.const 0x3ff0  i32.and  i32.add  local.tee 23  i32.load
                    local.get 22  i32.const 3  i32.add  i32.const -4096  i32.and  local.get 3  i32.or  i32.eq
                    (@metadata.code.branch_hint "\01") if (result i32)
                  local.get 22  i32.const -4096  i32.and  local.set 19
                  i32.const 4093  local.set 21
                  local.get 22  local.get 23  i32.load offset=8  local.tee 20  i32.add
                else
                  local.get 0  local.get 22  i64.extend_i32_u  i32.const 4  i32.const 0  call $resolve  local.tee 24  i32.eqz
                      (@metadata.code.branch_hint "\00") if
                    i32.const 0  local.set 8
                    i32.const 0  local.set 9
                    br 4
                  end
                  i32.const 0  local.set 21
                  local.get 24
                end
              end  i32.load  local.set 25
              local.get 25  local.set 16
              local.get 14  local.set 25
              local.get 16  local.set 24
              local.get 25  local.get 24  i32.add  local.set 14
              local.get 14  local.set 24
              local.get 17  local.set 25
              local.get 24  local.get 25  i32.xor  local.set 14
              local.get 14  local.set 25
              local.get 25  i32.const 5  i32.rotl  local.set 24
              local.get 24  local.set 14
              local.get 18  local.set 24
              local.get 24  i32.const 8  i32.add  local.set 18
              local.get 15  local.set 25
              local.get 25  i32.const 1  i32.sub  local.set 15
              local.get 15  i32.eqz  i32.eqz  local.set 23
              local.get 23  if
                local.get 25  local.set 26
                i32.const 1  local.set 10
                local.get 5  i32.const 7  i32.sub  local.set 5
                local.get 5  i32.const 7  i32.gt_s  br_if 1
                local.get 0  local.get 14  i64.extend_i32_u  i64.store
                local.get 0  local.get 15  i64.extend_i32_u  i64.store offset=8
                local.get 0  local.get 16  i64.extend_i32_u  i64.store offset=16
                local.get 0  local.get 18  i64.extend_i32_u  i64.store offset=48
                local.get 4  i64.const 0  i64.add  i64.const 0xffffffff  i64.and  local.set 7
                br 5
              end
              local.get 0  local.get 25  i32.store offset=1560
              i32.const 2  local.set 10
              local.get 5  i32.const 7  i32.sub  local.set 5
              local.get 0  local.get 14  i64.extend_i32_u  i64.store
              local.get 0  local.get 15  i64.extend_i32_u  i64.store offset=8
              local.get 0  local.get 16  i64.extend_i32_u  i64.store offset=16
              local.get 0  local.get 18  i64.extend_i32_u  i64.store offset=48
              local.get 4  i64.const 15  i64.add  i64.const 0xffffffff  i64.and  local.set 7
              br 4
            end
            unreachable
          end
          local.get 0  local.get 14  i64.extend_i32_u  i64.store
          local.get 0  local.get 15  i64.extend_i32_u  i64.store offset=8
          local.get 0  local.get 16  i64.extend_i32_u  i64.store offset=16
          local.get 0  local.get 18  i64.extend_i32_u  i64.store offset=48
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
        local.get 0  i32.load offset=48  local.get 0  i32.load offset=48  i32.const 8  i32.sub  i32.lt_u  local.set 25
        local.get 26  i32.const 1  i32.xor  local.get 26  local.get 0  i32.load offset=8  i32.xor  i32.and  i32.const 31  i32.shr_u
            i32.const 1  i32.and  local.set 24
        local.get 26  i32.const -1  i32.xor  i32.const 1  i32.and  local.get 26  i32.const -1  i32.xor  i32.const 1  i32.or
            local.get 0  i32.load offset=8  i32.and  i32.or  i32.const 3  i32.shr_u  i32.const 1  i32.and  local.set 23
        local.get 0  local.get 25  i32.const 31  i32.shl  local.get 25  local.get 24  i32.xor  i32.const 30  i32.shl  i32.or
            local.get 23  i32.const 3  i32.shl  i32.or  i32.store offset=184
        local.get 0  local.get 0  i32.load offset=8  i64.extend_i32_s  i64.store offset=176
        br 1
      end
      local.get 0  i32.load offset=48  local.get 0  i32.load offset=48  i32.const 8  i32.sub  i32.lt_u  local.set 29
      local.get 0  i32.load offset=1560  i32.const 1  i32.xor  local.get 0  i32.load offset=1560  local.get 0  i32.load offset=8
          i32.xor  i32.and  i32.const 31  i32.shr_u  i32.const 1  i32.and  local.set 30
      local.get 0  i32.load offset=1560  i32.const -1  i32.xor  i32.const 1  i32.and  local.get 0  i32.load offset=1560
          i32.const -1  i32.xor  i32.const 1  i32.or  local.get 0  i32.load offset=8  i32.and  i32.or  i32.const 3  i32.shr_u
          i32.const 1  i32.and  local.set 31
      local.get 0  local.get 29  i32.const 31  i32.shl  local.get 29  local.get 30  i32.xor  i32.const 30  i32.shl  i32.or
          local.get 31  i32.const 3  i32.shl  i32.or  i32.store offset=184
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
      local.get 0  i32.load offset=1548  local.tee 34  i32.eqz  br_if 0
      local.get 7  i64.const -4096  i64.and  local.tee 35  local.get 0  i64.load offset=136  i64.ne  if
        local.get 0  local.get 0  i32.load offset=1460  i32.add  local.get 7  i32.wrap_i64  i32.const 8  i32.shr_u  i32.const 0x3ff0
            i32.and  i32.add  local.tee 33  i64.load  local.get 35  local.get 3  i64.extend_i32_u  i64.or  i64.ne  br_if 1
        local.get 33  i32.load offset=12  local.tee 33  i32.eqz  local.get 33  local.get 34  i32.eq  i32.or  br_if 1
        local.get 33  i32.load offset=4  local.get 0  i32.load offset=1416  i32.ne  local.get 33  i32.load offset=12  i32.eqz
            i32.or  br_if 1
        local.get 33  local.set 34
        local.get 0  local.get 34  i32.store offset=1548
        local.get 0  local.get 35  i64.store offset=136
      end
      local.get 34  local.get 7  i32.wrap_i64  i32.const 4095  i32.and  i32.const 1  i32.shl  i32.add  i32.load16_u offset=16
          local.tee 32  i32.eqz  br_if 0
      local.get 34  i32.load offset=8  local.get 32  i32.const 4  i32.shl  i32.add  i32.const 16  i32.sub  local.tee 32
          i32.load16_u  i32.const 5  i32.ne  local.get 5  local.get 32  i32.load16_u offset=4  i32.le_s  i32.or  br_if 0
      local.get 0  local.get 32  i32.load16_u offset=6  local.get 32  i32.load offset=12  return_call_indirect (type 4)
    end
    local.get 0  return_call $chain
  )
)
