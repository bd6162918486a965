`include "pim_assert.svh"
// The microsequencer: turns a command into streams of Controller memory with the compute phase of each row between
// them. Operands stream in, the row is computed, results stream out; then comes the next row (or block of a row).
// ADD_RMSNORM writes a row's sum, then its records; root and quotient of the norm are found while the sum leaves.
module pim_alu_sequencer #(
    parameter int Lanes = 64,
    parameter int StreamLanes = 32
) (
    input  logic          clk_i,
    input  logic          rst_ni,
    input  logic [1023:0] command_i,
    input  logic          start_i,
    output logic          busy_o,
    output logic          computing_o,
    output logic          done_o,
    // streams
    output logic          request_valid_o,
    input  logic          request_ready_i,
    output logic          request_write_o,
    output logic [  31:0] request_address_o,
    output logic [  31:0] request_bytes_o,
    output logic          reading_o,
    output logic          writing_o,
    output logic [  31:0] stream_left_o,
    input  logic          beat_i,
    // way in
    output logic          row_start_o,
    output logic          job_start_o,
    output logic [   1:0] job_kind_o,
    output logic [  31:0] job_bytes_o,
    output logic [  31:0] job_first_part_o,
    output logic [  31:0] job_part_o,
    output logic          job_add_o,
    input  logic          job_ready_i,
    input  logic          drained_i,
    input  logic [  31:0] word_i,
    // arithmetic between
    output logic          norm_o,
    output logic          share_o,
    output logic          pass_o,
    output logic          reciprocal_o,
    input  logic          scalar_done_i,
    input  logic [  17:0] share_i,
    input  logic          pass_done_i,
    // SAMPLE, whose passes are streams of their own
    output logic          settle_o,    // a pass has been through
    output logic          next_pass_o,
    input  logic          weighs_i,    // what this pass leaves is the nucleus, which is weighed
    input  logic          draws_i,     // this pass is the last
    input  logic          settled_i,
    input  logic          drawn_i,
    // way out
    output logic          emit_o,
    output logic          sum_o,       // ADD_RMSNORM: what leaves is the sum
    output logic [  31:0] length_o,    // ALU_SOFTMAX: tokens the row sees
    output logic [  31:0] position_o,  // ROPE_*: of the row
    output logic [  17:0] shift_o
);
`include "pim_abi.svh"
`include "pim_alu_streams.svh"
  localparam int Pipeline = 8;
  localparam int Divide = 48;
  localparam int SquareRoot = 40;
  localparam int Weighing = 16;         // SAMPLE: 18 quotient bits, and the products behind them
  localparam int Walk = StreamLanes;    // ... a lane a cycle
  localparam logic [31:0] BeatBytes = 32'(4 * StreamLanes);

  // ---- The command
  logic [7:0] opcode, parts, heads_per_group;
  logic [31:0] src, src2, dst, rows, count, blocks, segments, tile_count, part_count;
  logic [15:0] head_elements;
  assign opcode          = command_i[7:0];
  assign parts           = command_i[CmdColumnParts+:8] == 8'd0 ? 8'd1 : command_i[CmdColumnParts+:8];
  assign src             = command_i[CmdAluSrc+:32];
  assign src2            = command_i[CmdAluSrc2+:32];
  assign dst             = command_i[CmdAluDst+:32];
  assign rows            = command_i[CmdAluRows+:32];
  assign count           = command_i[CmdAluCount+:32];
  assign blocks          = command_i[CmdAluBlocks+:32];
  assign segments        = command_i[CmdAluSegments+:32];
  assign part_count      = command_i[CmdAluPartCount+:32];
  assign tile_count      = command_i[CmdAluTileCount+:32];
  assign head_elements   = command_i[CmdAluHeadDim+:16];
  assign heads_per_group = command_i[CmdAluHeadsPerGroup+:8];

  logic is_embed, is_norm, is_silu, is_record, is_query, is_head, rotates, is_add, is_reduce, is_softmax, is_argmax, is_sample;
  logic is_fused;
  assign is_embed   = opcode == OpEmbed;
  assign is_fused   = opcode == OpAddRmsnorm;
  assign is_norm    = opcode == OpRmsnorm || is_fused;
  assign is_silu    = opcode == OpSiluMul;
  assign is_record  = is_norm || is_silu || opcode == OpQuant;
  assign is_query   = opcode == OpRopeQ;
  assign rotates    = is_query || opcode == OpRopeK;
  assign is_head    = rotates || opcode == OpKvV;
  assign is_add     = opcode == OpAdd || is_fused;
  assign is_reduce  = opcode == OpReduce;
  assign is_softmax = opcode == OpAluSoftmax;
  assign is_argmax  = opcode == OpArgmax;
  assign is_sample  = opcode == OpSample;

  // ---- Sizes
  logic [2:0] group_shift;  // log2 of the group
  logic [31:0] groups, meta_bytes, row_bytes, head_bytes, block_bytes, code_bytes, tile, record_bytes;
  assign group_shift = command_i[CmdAluGroup+7] ? 3'd7 : command_i[CmdAluGroup+6] ? 3'd6 : 3'd5;
  assign groups      = count >> group_shift;
  assign meta_bytes  = (2 * groups + (command_i[CmdAluZeroBits+:8] == 8'd0 ? '0 : (groups + 1) >> 1) + 31) & ~32'd31;
  assign row_bytes   = meta_bytes + ((count / 2 + 31) & ~32'd31);
  assign head_bytes  = {14'd0, head_elements, 2'b00};
  assign block_bytes = is_query ? head_bytes * heads_per_group : head_bytes;
  assign tile        = tile_count < tile_left_q ? tile_count : tile_left_q;
  always_comb begin
    if (is_record) begin
      code_bytes   = command_i[CmdAluActivationBits+:8] == 8'd8 ? tile : 2 * tile;
      record_bytes = (code_bytes + (tile >> group_shift) + 32'd4) & ~32'd3;
    end else if (is_query) begin
      code_bytes   = block_bytes >> 1;
      record_bytes = (code_bytes + {24'd0, heads_per_group} + 32'd3) & ~32'd3;
    end else begin
      code_bytes   = ({16'd0, head_elements} * command_i[CmdAluKvBits+:8]) >> 3;
      record_bytes = (code_bytes + 32'd4) & ~32'd3;
    end
  end

  // ---- Where we are
  // Constants, not enums: Icarus 11 gives the values of an enum's names an unknown bit.
  localparam logic [2:0] Idle = 3'd0;
  localparam logic [2:0] Prepare = 3'd1;  // ALU_SOFTMAX: the tokens of a segment; EMBED: the id
  localparam logic [2:0] ReadRequest = 3'd2;
  localparam logic [2:0] ReadBeats = 3'd3;
  localparam logic [2:0] Unpack = 3'd4;  // small heads come many to a beat
  localparam logic [2:0] Compute = 3'd5;
  localparam logic [2:0] WriteRequest = 3'd6;
  localparam logic [2:0] WriteBeats = 3'd7;
  logic [2:0] state_q;
  logic [1:0] kind_q;                                   // what the current read stream carries
  logic [31:0] row_q, block_q, item_q;                  // item: segment, tile or record of the row
  logic [31:0] left_q;                                  // bytes left of the stream
  logic [31:0] src_q, src2_q, dst_q;                    // of the row
  logic [31:0] row_offset_q;                            // REDUCE, ALU_SOFTMAX: of the row in a segment
  logic [31:0] segment_q, dst_segment_q, dst_block_q;   // REDUCE, ALU_SOFTMAX: of the segment
  logic [31:0] segment_block_q, dst_segment_block_q;    // ... and of the block's first
  logic [31:0] tile_offset_q, tile_left_q;              // records
  logic [7:0] parts_left_q;
  logic sum_left_q;                                     // ADD_RMSNORM: the row's sum is in memory
  logic [31:0] length_q;                                // ALU_SOFTMAX
  logic [7:0] head_q;                                   // ... vectors of this token so far
  logic [17:0] held_q, held_first_q;                    // ... tokens of the last segments, the first ones hold one more
  logic [31:0] more_q, more_first_q;                    // ... and how many those are
  logic [31:0] held;
  assign held = {14'd0, held_q} + 32'(item_q < more_q);

  logic last_block, last_row, last_segment, read_more, write_more, row_ends, all_ends;
  assign last_block   = block_q + 1 >= blocks;
  assign last_row     = row_q + 1 >= rows;
  assign last_segment = item_q + 1 >= segments;
  assign row_ends     = !is_reduce || last_block;  // the row, not only a block of it
  assign all_ends     = is_reduce || is_softmax ? last_row && last_block : last_row || is_argmax || is_sample;

  // ---- The stream of this step
  logic [31:0] main_bytes, main_address, write_bytes, write_address;
  logic one_write;
  // Expressions, for as processes Icarus never sees them settle.
  assign main_address = is_embed ? src2 + (src == '0 ? row_q : word_i) * command_i[CmdAluSrc2Stride+:32] :
      is_reduce || is_softmax ? segment_q + row_offset_q : src_q;
  assign main_bytes = is_embed ? row_bytes :
      is_head ? block_bytes * blocks :
      is_reduce ? {count[28:0], 3'b000} :
      is_softmax ? {held[29:0], 2'b00} : {count[29:0], 2'b00};
  assign one_write = !is_head || command_i[CmdAluDstBlockStride+:32] == record_bytes;
  assign sum_o     = is_fused && !sum_left_q;
  always_comb begin
    write_address = dst_q;
    write_bytes   = {count[29:0], 2'b00};
    write_more    = 1'b0;
    if (sum_o) begin
      write_address = src_q;
      write_more    = 1'b1;
    end else if (is_record) begin
      write_address = dst + tile_offset_q + row_q * record_bytes;
      write_bytes   = record_bytes;
      write_more    = tile != tile_left_q || parts_left_q != 8'd1;
    end
    if (is_head) begin
      write_address = dst_block_q;
      write_bytes   = one_write ? record_bytes * blocks : record_bytes;
      write_more    = !one_write && item_q + 1 < blocks;
    end
    if (is_reduce) write_address = dst_block_q;
    if (is_softmax) begin
      write_address = dst_segment_q + dst_q;
      write_bytes   = {held[30:0], 1'b0};
      write_more    = !last_segment;
    end
    if (is_argmax || is_sample) write_bytes = 32'd4;
  end
  always_comb begin
    request_write_o = state_q == WriteRequest;
    if (request_write_o) begin
      request_address_o = write_address;
      request_bytes_o   = write_bytes;
    end else begin
      case (kind_q)
        KindWord: begin
          request_address_o = is_embed ? src + {row_q[29:0], 2'b00} : src2_q;
          request_bytes_o   = is_embed ? 32'd4 : 32'd1;
        end
        KindTable: begin
          request_address_o = is_fused ? command_i[CmdAluSrc3+:32] : src2;
          request_bytes_o   = is_norm ? {count[29:0], 2'b00} : {15'd0, head_elements, 1'b0};
        end
        KindMain: begin
          request_address_o = main_address;
          request_bytes_o   = main_bytes;
        end
        default: begin
          request_address_o = src2_q;
          request_bytes_o   = {count[29:0], 2'b00};
        end
      endcase
    end
  end

  logic empty, stream_ends, request_taken, joined_q, joined;
  assign empty           = request_bytes_o == '0;
  assign request_valid_o = !empty && ((state_q == ReadRequest && (job_ready_i || joined)) || state_q == WriteRequest);
  assign request_taken   = request_valid_o && request_ready_i;
  assign reading_o       = state_q == ReadBeats;
  assign writing_o       = state_q == WriteBeats;
  assign stream_left_o   = left_q;
  assign stream_ends     = (beat_i && left_q <= BeatBytes) ||
                           (empty && (state_q == ReadRequest || state_q == WriteRequest));
  assign read_more       = (is_reduce || is_softmax) && kind_q == KindMain && !last_segment;

  // ---- Jobs of the way in: the segments of a softmax row are one
  assign joined           = is_softmax && joined_q;
  assign job_start_o      = request_taken && !request_write_o && !joined;
  assign job_kind_o       = kind_q;
  assign job_bytes_o      = is_softmax ? {length_q[29:0], 2'b00} : request_bytes_o;
  assign job_first_part_o = is_embed ? (kind_q == KindMain ? meta_bytes : 32'd4) :
                            is_head && kind_q == KindMain ? head_bytes : '1;
  assign job_part_o       = is_head ? head_bytes : '1;
  assign job_add_o        = item_q != '0;
  assign length_o         = length_q;
  assign position_o       = command_i[CmdAluPosition+:32] + row_q;
  assign shift_o          = -(18'($signed(command_i[CmdAluExponent+:16])) + 18'sd16 +
                              (is_reduce && src2 != '0 ? 18'($signed(word_i[7:0])) : 18'sd0));

  // ---- The compute phase: its length is fixed, its steps follow one another
  logic [31:0] cycles_q, budget;
  logic beside;  // ADD_RMSNORM: the phase goes on while the sum leaves, up to the pass
  assign beside = sum_o && (state_q == WriteRequest || state_q == WriteBeats) && cycles_q < 32'(SquareRoot + Divide);
  always_comb begin
    budget = 32'(Pipeline);
    if (is_norm && !sum_o) budget = 32'(Pipeline + SquareRoot + Divide) + (count + 32'(Lanes - 1)) / Lanes;
    if (is_softmax) budget = 32'(Pipeline + Divide) + (length_q + 32'(Lanes - 1)) / Lanes;
    if (is_silu) budget = 32'(Pipeline + Divide);
    if (is_sample && weighs_i) budget = 32'(Pipeline + Weighing);
    if (is_sample && draws_i) budget = 32'(Pipeline + Walk);
    if (is_head) budget = blocks > 32'd1 ? {blocks[28:0], 3'b000} : 32'(Pipeline);
  end
  localparam logic [2:0] Drain = 3'd0;
  localparam logic [2:0] Serial = 3'd1;
  localparam logic [2:0] Pass = 3'd2;
  localparam logic [2:0] Reciprocal = 3'd3;
  localparam logic [2:0] Emitting = 3'd4;
  localparam logic [2:0] Inverse = 3'd5;  // ADD_RMSNORM: known, but the sum has not left
  logic [2:0] step_q;
  logic drained, inverse_known;
  assign inverse_known = step_q == Inverse || (step_q == Serial && scalar_done_i);
  assign drained      = state_q == Compute && step_q == Drain && drained_i;
  assign norm_o       = drained && is_norm;
  assign pass_o       = (drained && is_softmax) || (inverse_known && state_q == Compute && !sum_o);
  assign reciprocal_o = step_q == Pass && pass_done_i && is_softmax;
  assign settle_o     = drained && is_sample;
  assign emit_o       = (drained && (!is_norm || is_fused) && !is_softmax && !is_sample) ||
                        (step_q == Pass && is_sample && draws_i && drawn_i) || (step_q == Pass && pass_done_i && is_norm) ||
                        (step_q == Reciprocal && scalar_done_i);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) step_q <= Drain;
    else if (state_q != Compute && state_q != WriteRequest && state_q != WriteBeats) step_q <= Drain;
    else if (norm_o) step_q <= Serial;
    else if (emit_o) step_q <= Emitting;
    else if (pass_o || settle_o) step_q <= Pass;
    else if (inverse_known) step_q <= Inverse;
    else if (reciprocal_o) step_q <= Reciprocal;
  end

  assign busy_o      = state_q != Idle;
  assign computing_o = state_q == Compute || state_q == Prepare || beside;

  // ---- Steps
  logic compute_ends, unit_ends;
  assign compute_ends = state_q == Compute && cycles_q + 1 >= budget;
  assign next_pass_o  = compute_ends && is_sample && !draws_i;
  assign unit_ends    = stream_ends && (state_q == WriteRequest || state_q == WriteBeats) && !write_more;
  assign row_start_o  = start_i || unit_ends;

  logic [1:0] first_kind, next_kind;
  assign first_kind = is_norm || rotates ? KindTable : next_kind;
  always_comb begin
    next_kind = KindMain;
    if (is_embed && src != '0) next_kind = KindWord;
    if (is_reduce && src2 != '0 && (row_ends || state_q == Idle)) next_kind = KindWord;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q       <= Idle;
      kind_q        <= '0;
      left_q        <= '0;
      cycles_q      <= '0;
      done_o        <= 1'b0;
      share_o <= 1'b0;
      joined_q      <= 1'b0;
    end else begin
      done_o        <= 1'b0;
      share_o <= 1'b0;
      if (computing_o) cycles_q <= cycles_q + 1;
      if (request_taken) left_q <= request_bytes_o;
      else if (beat_i) left_q <= left_q > BeatBytes ? left_q - BeatBytes : '0;
      if (job_start_o && kind_q == KindMain) joined_q <= 1'b1;
      case (state_q)
        Idle: begin
          joined_q <= 1'b0;
          cycles_q <= '0;
          kind_q   <= first_kind;
          if (start_i) begin
            state_q       <= is_softmax ? Prepare : ReadRequest;
            share_o <= is_softmax;
          end
        end
        Prepare: if (is_softmax ? scalar_done_i : drained_i) state_q <= ReadRequest;
        ReadRequest, ReadBeats: begin
          if (request_taken) state_q <= ReadBeats;
          if (stream_ends) begin
            state_q <= is_embed && kind_q == KindWord ? Prepare : ReadRequest;
            if (kind_q == KindTable || kind_q == KindWord) kind_q <= KindMain;
            else if (kind_q == KindMain && (is_silu || is_add)) kind_q <= KindSecond;
            else if (!read_more) state_q <= is_head ? Unpack : Compute;
          end
        end
        Unpack: if (job_ready_i) state_q <= Compute;
        Compute: begin
          if (compute_ends) state_q <= WriteRequest;
          if (next_pass_o) begin
            state_q  <= ReadRequest;
            cycles_q <= '0;
          end
        end
        WriteRequest, WriteBeats: begin
          if (request_taken) state_q <= WriteBeats;
          if (stream_ends) begin
            state_q <= sum_o ? Compute : WriteRequest;
            if (!write_more) begin
              joined_q <= 1'b0;
              cycles_q <= '0;
              kind_q   <= next_kind;
              state_q  <= all_ends ? Idle : ReadRequest;
              done_o   <= all_ends;
            end
          end
        end
        default: state_q <= Idle;
      endcase
    end
  end

  // ---- Counters and addresses
  logic token_ends;
  assign token_ends = head_q + 8'd1 == heads_per_group;
  always_ff @(posedge clk_i) begin
    if (state_q == Idle) begin
      row_q               <= '0;
      block_q             <= '0;
      item_q              <= '0;
      src_q               <= src;
      src2_q              <= src2;
      dst_q               <= is_softmax ? '0 : dst;
      row_offset_q        <= '0;
      segment_q           <= src;
      segment_block_q     <= src;
      dst_segment_q       <= dst;
      dst_segment_block_q <= dst;
      dst_block_q         <= dst;
      tile_offset_q       <= '0;
      tile_left_q         <= part_count;
      parts_left_q        <= parts;
      sum_left_q          <= 1'b0;
      length_q            <= command_i[CmdAluPosition+:32];
      head_q              <= '0;
    end
    if (state_q == Prepare && is_softmax && scalar_done_i) begin
      held_q       <= share_i;
      held_first_q <= share_i;
      more_q       <= length_q - share_i * segments[7:0];
      more_first_q <= length_q - share_i * segments[7:0];
    end
    // The next segment, tile or record of the row
    if (stream_ends && (state_q == ReadRequest || state_q == ReadBeats) && kind_q == KindMain) begin
      segment_q <= segment_q + command_i[CmdAluSegmentStride+:32];
      item_q    <= read_more ? item_q + 1 : '0;
    end
    if (stream_ends && (state_q == WriteRequest || state_q == WriteBeats)) begin
      item_q        <= write_more ? item_q + 1 : '0;
      dst_segment_q <= dst_segment_q + command_i[CmdAluDstSegmentStride+:32];
      if (is_head) dst_block_q <= dst_block_q + command_i[CmdAluDstBlockStride+:32];
      if (is_fused) sum_left_q <= 1'b1;
      if (is_record && !sum_o) begin
        tile_offset_q <= tile_offset_q + rows * record_bytes;
        tile_left_q   <= tile == tile_left_q ? part_count : tile_left_q - tile;
        if (tile == tile_left_q) parts_left_q <= parts_left_q - 8'd1;
      end
    end
    // The next block or row
    if (unit_ends) begin
      tile_offset_q <= '0;
      tile_left_q   <= part_count;
      parts_left_q  <= parts;
      sum_left_q    <= 1'b0;
      if (is_reduce) begin
        block_q     <= last_block ? '0 : block_q + 1;
        dst_block_q <= dst_block_q + {count[29:0], 2'b00};
        if (last_block) segment_q <= src;
      end
      if (row_ends) begin
        row_q        <= is_softmax && last_row ? '0 : row_q + 1;
        src_q        <= src_q + command_i[CmdAluSrcStride+:32];
        src2_q       <= src2_q + command_i[CmdAluSrc2Stride+:32];
        dst_q        <= dst_q + command_i[CmdAluDstStride+:32];
        row_offset_q <= row_offset_q + (is_reduce ? {count[28:0], 3'b000} : command_i[CmdAluSrcStride+:32]);
        if (!is_softmax) dst_block_q <= dst_q + command_i[CmdAluDstStride+:32];
      end
      if (is_softmax) begin
        segment_q     <= segment_block_q;
        dst_segment_q <= dst_segment_block_q;
        head_q        <= token_ends ? '0 : head_q + 8'd1;
        if (token_ends) begin
          length_q <= length_q + 1;
          more_q   <= more_q + 1 == segments ? '0 : more_q + 1;
          if (more_q + 1 == segments) held_q <= held_q + 1;
        end
        if (last_row) begin
          block_q             <= block_q + 1;
          segment_q           <= segment_q;
          segment_block_q     <= segment_q;
          dst_segment_q       <= dst_segment_q + command_i[CmdAluDstSegmentStride+:32];
          dst_segment_block_q <= dst_segment_q + command_i[CmdAluDstSegmentStride+:32];
          row_offset_q        <= '0;
          dst_q               <= '0;
          head_q              <= '0;
          length_q            <= command_i[CmdAluPosition+:32];
          held_q              <= held_first_q;
          more_q              <= more_first_q;
        end
      end
    end
  end

`ifdef PIM_ASSERTIONS
  // The phase is as long as docs/timing.md says, and what it has to do is done by its end.
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   compute_ends && !sum_o |-> step_q == Emitting || emit_o || (next_pass_o && settled_i));
  assert property (@(posedge clk_i) disable iff (!rst_ni) compute_ends && sum_o |-> step_q == Serial || norm_o);
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   request_valid_o && !request_ready_i |=> request_valid_o && $stable(request_bytes_o));
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   request_valid_o && !request_ready_i |=> $stable(request_address_o) && $stable(request_write_o));
  assert property (@(posedge clk_i) disable iff (!rst_ni) start_i |-> !busy_o);
  assert property (@(posedge clk_i) disable iff (!rst_ni) job_start_o |-> job_ready_i);
  assert property (@(posedge clk_i) disable iff (!rst_ni) beat_i |-> reading_o || writing_o);
`endif
endmodule
