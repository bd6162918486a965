`include "pim_assert.svh"
// The way in: cuts the bytes of a read stream into chunks of up to StreamLanes elements that lie in one head each, and
// brings every chunk through the operation's arithmetic into the row buffers, at the pace of the port.
//   job_start_i: a stream begins; job_kind_i says what it carries. row_start_i: forget what was measured.
module pim_alu_front #(
    parameter int StreamLanes = 32,
    parameter int ChunkIndexBits = 9,
    parameter int CountBits = 9
) (
    input  logic                      clk_i,
    input  logic                      rst_ni,
    input  logic [             7:0]   opcode_i,
    input  logic [            31:0]   position_i,        // of this row, for rotations
    // jobs
    input  logic                      row_start_i,
    input  logic                      job_start_i,
    input  logic [             1:0]   job_kind_i,
    input  logic [            31:0]   job_bytes_i,
    input  logic [            31:0]   job_first_part_i,  // bytes of the first part: a head, or the scales of a row
    input  logic [            31:0]   job_part_i,        // bytes of each further part
    input  logic                      job_add_i,         // REDUCE: add to what is there
    output logic                      job_ready_o,
    output logic                      drained_o,
    // gearbox
    input  logic [     CountBits-1:0] level_i,
    input  logic [32*StreamLanes-1:0] data_i,
    output logic [     CountBits-1:0] pop_bytes_o,
    // row buffers, by chunk
    output logic                      read_o,
    output logic [ChunkIndexBits-1:0] a_read_chunk_o,
    output logic [ChunkIndexBits-1:0] b_read_chunk_o,
    input  logic [32*StreamLanes-1:0] a_chunk_i,
    input  logic [32*StreamLanes-1:0] b_chunk_i,
    output logic                      a_write_o,
    output logic                      b_write_o,
    output logic [ChunkIndexBits-1:0] write_chunk_o,
    output logic [32*StreamLanes-1:0] write_data_o,
    // the chunk just written, once more, to be measured
    output logic                      measure_o,
    output logic [ChunkIndexBits-1:0] measure_chunk_o,
    output logic [               7:0] measure_part_o,
    output logic                      measure_part_last_o,
    output logic [32*StreamLanes-1:0] measure_data_o,
    // the chunk of a row, for those who do not need it kept
    output logic                      main_o,
    output logic [     CountBits-1:0] main_bytes_o,
    output logic [32*StreamLanes-1:0] main_data_o,
    // what single words and whole rows come down to
    output logic [              31:0] word_o,
    output logic [              79:0] squares_o,
    output logic [              31:0] highest_o,
    output logic [              31:0] highest_index_o
);
`include "pim_abi.svh"
`include "pim_alu_streams.svh"
  localparam int ChunkBytes = 4 * StreamLanes;
  localparam int TagBits = ChunkIndexBits + 9;

  // ---- Cutting
  logic [31:0] left_q, part_left_q, part_q;
  logic [1:0] kind_q;
  logic add_q;
  logic [ChunkIndexBits-1:0] chunk_q, in_part_q;
  logic [7:0] part_number_q;
  logic [31:0] part_bytes, bytes;
  logic pop, part_ends, rejoin;
  assign part_bytes  = part_left_q < left_q ? part_left_q : left_q;
  assign bytes       = part_bytes < 32'(ChunkBytes) ? part_bytes : 32'(ChunkBytes);
  assign pop         = left_q != '0 && 32'(level_i) >= bytes;
  assign part_ends   = bytes == part_bytes;
  assign rejoin      = opcode_i == OpEmbed && kind_q == KindMain;  // codes begin a buffer of their own
  assign pop_bytes_o = pop ? CountBits'(bytes) : '0;
  assign job_ready_o = left_q == '0 || (pop && bytes == left_q);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q        <= '0;
      part_left_q   <= '0;
      part_q        <= '0;
      kind_q        <= '0;
      add_q         <= 1'b0;
      chunk_q       <= '0;
      in_part_q     <= '0;
      part_number_q <= '0;
    end else if (job_start_i) begin
      left_q        <= job_bytes_i;
      part_left_q   <= job_first_part_i;
      part_q        <= job_part_i;
      kind_q        <= job_kind_i;
      add_q         <= job_add_i;
      chunk_q       <= '0;
      in_part_q     <= '0;
      part_number_q <= '0;
    end else if (pop) begin
      left_q        <= left_q - bytes;
      part_left_q   <= part_ends ? part_q : part_left_q - bytes;
      chunk_q       <= part_ends && rejoin ? '0 : chunk_q + 1'b1;
      in_part_q     <= part_ends ? '0 : in_part_q + 1'b1;
      part_number_q <= part_number_q + 8'(part_ends);
    end
  end

  // Operands that wait in the buffers: those of the same chunk, and a chunk's half as many frequencies.
  assign read_o         = pop;
  assign a_read_chunk_o = chunk_q;
  assign b_read_chunk_o = in_part_q >> 1;

  // ---- The chunk with its operands
  logic valid_q, chunk_add_q, part_last_q;
  logic [1:0] chunk_kind_q;
  logic [ChunkIndexBits-1:0] at_q, at_in_part_q;
  logic [7:0] at_part_q;
  logic [32*StreamLanes-1:0] raw_q;
  logic [CountBits-1:0] bytes_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q      <= 1'b0;
      chunk_kind_q <= '0;
      chunk_add_q  <= 1'b0;
      at_q         <= '0;
      at_in_part_q <= '0;
      at_part_q    <= '0;
      part_last_q  <= 1'b0;
      raw_q        <= '0;
      bytes_q      <= '0;
    end else begin
      valid_q <= pop;
      if (pop) begin
        chunk_kind_q <= kind_q;
        chunk_add_q  <= add_q;
        at_q         <= chunk_q;
        at_in_part_q <= in_part_q;
        at_part_q    <= part_number_q;
        part_last_q  <= part_ends;
        bytes_q      <= CountBits'(bytes);
        for (int i = 0; i < ChunkBytes; i++) raw_q[8*i+:8] <= 32'(i) < bytes ? data_i[8*i+:8] : 8'd0;
      end
    end
  end

  logic is_main, is_second, to_table, token, adds, fused;
  assign is_main      = valid_q && chunk_kind_q == KindMain;
  assign is_second    = valid_q && chunk_kind_q == KindSecond;
  assign fused        = opcode_i == OpAddRmsnorm;
  assign adds         = is_second && (fused || opcode_i == OpAdd);
  assign to_table     = valid_q && (chunk_kind_q == KindTable || (rejoin && at_part_q == '0));
  assign token        = opcode_i == OpArgmax || opcode_i == OpSample;  // no row is kept
  assign main_o       = is_main;
  assign main_bytes_o = bytes_q;
  assign main_data_o  = raw_q;

  // ---- Sums: of 32 bits saturating, of 64 bits exact
  logic [32*StreamLanes-1:0] added, reduced;
  logic signed [32:0] sum;
  always_comb begin
    added = '0;
    sum   = '0;
    if (adds) begin
      for (int i = 0; i < StreamLanes; i++) begin
        sum = $signed({a_chunk_i[32*i+31], a_chunk_i[32*i+:32]}) + $signed({raw_q[32*i+31], raw_q[32*i+:32]});
        if (sum[32] == sum[31]) added[32*i+:32] = sum[31:0];
        else added[32*i+:32] = sum[32] ? 32'h80000000 : 32'h7fffffff;
      end
    end
  end
  always_comb begin
    reduced = raw_q;
    if (chunk_add_q) begin
      for (int i = 0; i < StreamLanes / 2; i++) reduced[64*i+:64] = a_chunk_i[64*i+:64] + raw_q[64*i+:64];
    end
  end

  // ---- Rotation and SiLU, which take longer
  logic rotates, rope_valid, rope_busy, silu_valid, silu_busy;
  logic [TagBits-1:0] tag, rope_tag, silu_tag;
  logic [32*StreamLanes-1:0] rope_chunk, silu_chunk;
  assign tag     = {part_last_q, at_part_q, at_q};
  assign rotates = opcode_i == OpRopeQ || opcode_i == OpRopeK;
  pim_rope #(
      .StreamLanes(StreamLanes),
      .TagBits    (TagBits)
  ) u_rope (
      .clk_i        (clk_i),
      .rst_ni       (rst_ni),
      .position_i   (position_i),
      .valid_i      (is_main && rotates),
      .tag_i        (tag),
      .chunk_i      (raw_q),
      .frequencies_i(at_in_part_q[0] ? b_chunk_i[16*StreamLanes+:16*StreamLanes] : b_chunk_i[0+:16*StreamLanes]),
      .valid_o      (rope_valid),
      .tag_o        (rope_tag),
      .chunk_o      (rope_chunk),
      .busy_o       (rope_busy)
  );
  pim_silu #(
      .StreamLanes(StreamLanes),
      .TagBits    (TagBits)
  ) u_silu (
      .clk_i  (clk_i),
      .rst_ni (rst_ni),
      .valid_i(is_second && opcode_i == OpSiluMul),
      .tag_i  (tag),
      .gate_i (a_chunk_i),
      .up_i   (raw_q),
      .valid_o(silu_valid),
      .tag_o  (silu_tag),
      .chunk_o(silu_chunk),
      .busy_o (silu_busy)
  );

  // ---- Into the buffers
  logic at_once;
  logic [TagBits-1:0] result_tag;
  always_comb begin
    at_once    = 1'b0;
    result_tag = tag;
    if (is_main) at_once = !rotates && !token && !to_table;
    if (is_second) at_once = adds;
    write_data_o = raw_q;
    if (opcode_i == OpReduce) write_data_o = reduced;
    if (adds) write_data_o = added;
    if (rope_valid) begin
      write_data_o = rope_chunk;
      result_tag   = rope_tag;
    end
    if (silu_valid) begin
      write_data_o = silu_chunk;
      result_tag   = silu_tag;
    end
  end
  assign a_write_o     = at_once || rope_valid || silu_valid;
  assign b_write_o     = to_table;
  assign write_chunk_o = to_table ? at_q : result_tag[ChunkIndexBits-1:0];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      measure_o           <= 1'b0;
      measure_chunk_o     <= '0;
      measure_part_o      <= '0;
      measure_part_last_o <= 1'b0;
      measure_data_o      <= '0;
    end else begin
      // not the gate and not the residual, which wait for their partners
      measure_o <= a_write_o && (silu_valid || opcode_i != OpSiluMul) && (adds || !fused);
      if (a_write_o) begin
        measure_data_o                                         <= write_data_o;
        {measure_part_last_o, measure_part_o, measure_chunk_o} <= result_tag;
      end
    end
  end
  assign drained_o = left_q == '0 && !valid_q && !rope_busy && !silu_busy && !measure_o;

  // ---- What a row comes down to
  logic measures_norm;
  assign measures_norm = measure_o && (opcode_i == OpRmsnorm || fused);
  logic [79:0] squares, sum_of_squares;
  logic [80*(StreamLanes+1)-1:0] terms;
  logic [64*StreamLanes-1:0] lane_squares;
  for (genvar i = 0; i < StreamLanes; i++) begin : g_square
    pim_square_lane u_square (
        .x_i     (measure_data_o[32*i+:32]),
        .square_o(lane_squares[64*i+:64])
    );
  end
  always_comb begin
    terms = '0;
    if (measures_norm) begin
      for (int i = 0; i < StreamLanes; i++) terms[80*i+:80] = {16'd0, lane_squares[64*i+:64]};
      terms[80*StreamLanes+:80] = squares_o;
    end
  end
  pim_sum #(
      .Count(StreamLanes + 1),
      .Width(80)
  ) u_squares (
      .x_i(terms),
      .y_o(sum_of_squares)
  );
  assign squares = measures_norm ? sum_of_squares : squares_o;

  // A tree of the larger of two, of equals that of the lower lane: node 1 is the root, lane i the leaf StreamLanes + i. The lanes
  // that are used are the lowest ones, so a node is used if its left one is.
  localparam int LaneBits = $clog2(StreamLanes);
  logic [64*StreamLanes-1:0] ranked;
  logic [2*StreamLanes*LaneBits-1:0] lanes;
  logic [2*StreamLanes-1:0] present;
  logic signed [31:0] left, right;
  always_comb begin
    ranked  = {raw_q, {32 * StreamLanes{1'b0}}};
    lanes   = '0;
    present = '0;
    for (int i = 0; i < StreamLanes; i++) begin
      lanes[(StreamLanes+i)*LaneBits+:LaneBits] = LaneBits'(i);
      present[StreamLanes+i]                    = 32'(4 * i) < 32'(bytes_q);
    end
    left  = '0;
    right = '0;
    for (int n = StreamLanes - 1; n > 0; n--) begin
      left       = ranked[64*n+:32];
      right      = ranked[64*n+32+:32];
      present[n] = present[2*n];
      if (present[2*n+1] && right > left) begin
        ranked[32*n+:32]             = right;
        lanes[n*LaneBits+:LaneBits] = lanes[(2*n+1)*LaneBits+:LaneBits];
      end else begin
        ranked[32*n+:32]             = left;
        lanes[n*LaneBits+:LaneBits] = lanes[2*n*LaneBits+:LaneBits];
      end
    end
  end
  logic signed [31:0] best, candidate;
  logic [31:0] best_index;
  logic better;
  assign candidate  = ranked[63:32];
  assign better     = is_main && (token || opcode_i == OpAluSoftmax) && present[1] && (first_chunk_q || candidate > $signed(highest_o));
  assign best       = better ? candidate : highest_o;
  assign best_index = better ? base_index_q + 32'(lanes[LaneBits+:LaneBits]) : highest_index_o;

  logic first_chunk_q;
  logic [31:0] base_index_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      word_o          <= '0;
      squares_o       <= '0;
      highest_o       <= '0;
      highest_index_o <= '0;
      first_chunk_q   <= 1'b0;
      base_index_q    <= '0;
    end else begin
      if (valid_q && chunk_kind_q == KindWord) word_o <= raw_q[31:0];
      squares_o <= row_start_i ? '0 : squares;
      if (row_start_i) begin
        first_chunk_q <= 1'b1;
        base_index_q  <= '0;
      end else if (is_main) begin
        highest_o       <= best;
        highest_index_o <= best_index;
        first_chunk_q   <= 1'b0;
        base_index_q    <= base_index_q + 32'(StreamLanes);
      end
    end
  end

`ifdef PIM_ASSERTIONS
  assert property (@(posedge clk_i) disable iff (!rst_ni) job_start_i |-> job_ready_o && job_bytes_i != '0);
  // One result a cycle, whichever way it came.
  assert property (@(posedge clk_i) disable iff (!rst_ni) $onehot0({at_once, rope_valid, silu_valid}));
  assert property (@(posedge clk_i) disable iff (!rst_ni) !(a_write_o && b_write_o));
`endif
endmodule
