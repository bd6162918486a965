`include "pim_assert.svh"
// The way out: walks through the row buffer in the order of the results in memory, and leaves their bytes without gaps
// to the gearbox. Records end in a tail of bytes: shifts of groups, base exponent or scales of heads, padding to 4.
module pim_alu_emitter #(
    parameter int StreamLanes = 32,
    parameter int ChunkIndexBits = 9,
    parameter int HeadIndexBits = 8,
    parameter int CountBits = 9
) (
    input  logic                      clk_i,
    input  logic                      rst_ni,
    // what to write; constant from start to done
    input  logic                      start_i,
    input  logic [               7:0] opcode_i,
    input  logic                      is_record_i,
    input  logic                      is_head_i,
    input  logic [               4:0] bits_i,              // of a code
    input  logic [              31:0] elements_i,          // of a row that is neither records nor heads
    input  logic [               7:0] parts_i,
    input  logic [              31:0] part_elements_i,
    input  logic [              31:0] tile_elements_i,
    input  logic [               1:0] group_i,             // 0, 1, 2: groups of 32, 64, 128
    input  logic [  ChunkIndexBits-1:0] last_chunk_i,      // the last one with data
    input  logic [              31:0] blocks_i,
    input  logic [               7:0] heads_per_block_i,
    input  logic [              15:0] head_elements_i,
    input  logic                      weight_zeros_i,      // EMBED: the row has zero points
    input  logic [              17:0] shift_i,
    input  logic [              31:0] reciprocal_i,
    input  logic [              31:0] index_i,             // ARGMAX, SAMPLE: the result
    output logic                      idle_o,
    // row buffers and scales, a cycle later
    output logic                      read_o,
    output logic [  ChunkIndexBits-1:0] a_chunk_o,
    output logic [  ChunkIndexBits-1:0] b_chunk_o,
    output logic [  ChunkIndexBits-1:0] scale_chunk_o,
    output logic [   HeadIndexBits-1:0] scale_head_o,
    input  logic [32*StreamLanes-1:0] a_chunk_i,
    input  logic [32*StreamLanes-1:0] b_chunk_i,
    input  logic [               4:0] low_i,
    input  logic [               4:0] group_exponent_i,
    input  logic [               4:0] head_exponent_i,
    input  logic [               3:0] head_zero_i,
    input  logic [               7:0] head_meta_i,
    // bytes
    input  logic                      push_ready_i,
    output logic [       CountBits-1:0] push_bytes_o,
    output logic [32*StreamLanes-1:0] push_data_o
);
`include "pim_abi.svh"
  localparam int ChunkByteBits = $clog2(4 * StreamLanes);
  // Constants, not an enum: Icarus 11 gives the values of an enum's names an unknown bit.
  localparam logic [2:0] Idle = 3'd0;
  localparam logic [2:0] Scale = 3'd1;
  localparam logic [2:0] Zero = 3'd2;
  localparam logic [2:0] Body = 3'd3;
  localparam logic [2:0] Tail = 3'd4;

  logic is_embed;
  assign is_embed = opcode_i == OpEmbed;

  // ---- Walking
  logic [2:0] state_q;
  logic [ChunkIndexBits+2:0] chunk_q, tile_chunk_q;   // of StreamLanes elements; EMBED has eight of them in a chunk
  logic [31:0] left_q;                                // elements before the next tail, head or scale
  logic [31:0] total_q;                               // EMBED: elements of the row; records: of the part
  logic [31:0] tile_q;                                // elements of this tile
  logic [31:0] blocks_q;                              // parts or blocks still to come, this one included
  logic [7:0] heads_q, head_number_q;
  logic [15:0] tail_q, group_number_q;

  logic [31:0] group_elements, step, first_tile, next_tile, total_after;
  logic body_ends, tail_ends;
  logic [15:0] tail_meta, tail_bytes;
  logic [1:0] code_bytes_modulo;
  assign group_elements = 32'd32 << group_i;
  assign step           = opcode_i == OpReduce ? 32'(StreamLanes / 2) : 32'(StreamLanes);
  assign body_ends      = left_q <= step;
  assign first_tile     = tile_elements_i < part_elements_i ? tile_elements_i : part_elements_i;
  assign total_after    = total_q - tile_q;
  assign next_tile      = tile_elements_i < total_after ? tile_elements_i : total_after;

  always_comb begin
    tail_meta         = is_record_i ? 16'(tile_q >> (3'd5 + {1'b0, group_i})) + 16'd1 : {8'd0, heads_per_block_i};
    code_bytes_modulo = 2'd0;
    if (is_head_i) begin
      case (bits_i)
        5'd16: code_bytes_modulo = 2'({head_elements_i * heads_per_block_i, 1'b0});
        5'd8: code_bytes_modulo = head_elements_i[1:0];
        default: code_bytes_modulo = head_elements_i[2:1];
      endcase
    end
    tail_bytes = ((tail_meta + {14'd0, code_bytes_modulo} + 16'd3) & ~16'd3) - {14'd0, code_bytes_modulo};
  end
  assign tail_ends = tail_q == tail_bytes - 16'd1;

  logic advance;
  assign advance = push_ready_i;
  assign idle_o  = state_q == Idle && !busy1_q && bytes_q == '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q        <= Idle;
      chunk_q        <= '0;
      tile_chunk_q   <= '0;
      left_q         <= '0;
      total_q        <= '0;
      tile_q         <= '0;
      blocks_q       <= '0;
      heads_q        <= '0;
      head_number_q  <= '0;
      tail_q         <= '0;
      group_number_q <= '0;
    end else if (start_i) begin
      state_q        <= is_embed ? Scale : Body;
      chunk_q        <= '0;
      tile_chunk_q   <= '0;
      tail_q         <= '0;
      group_number_q <= '0;
      head_number_q  <= '0;
      heads_q        <= heads_per_block_i;
      blocks_q       <= is_record_i ? {24'd0, parts_i} : blocks_i;
      tile_q         <= first_tile;
      total_q        <= is_record_i ? part_elements_i : elements_i;
      left_q         <= elements_i;
      if (is_embed) left_q <= group_elements;
      if (is_record_i) left_q <= first_tile;
      if (is_head_i) left_q <= {16'd0, head_elements_i};
    end else if (advance) begin
      case (state_q)
        Scale: state_q <= Zero;
        Zero:  state_q <= Body;
        Body: begin
          left_q  <= left_q - step;
          chunk_q <= chunk_q + 1'b1;
          if (body_ends) begin
            if (is_record_i) state_q <= Tail;
            else if (is_head_i) begin
              head_number_q <= head_number_q + 8'd1;
              heads_q       <= heads_q - 8'd1;
              left_q        <= {16'd0, head_elements_i};
              if (heads_q == 8'd1) state_q <= Tail;
            end else if (is_embed) begin
              group_number_q <= group_number_q + 16'd1;
              total_q        <= total_q - group_elements;
              left_q         <= group_elements;
              state_q        <= total_q <= group_elements ? Idle : Scale;
            end else state_q <= Idle;
          end
        end
        Tail: begin
          tail_q <= tail_q + 16'd1;
          if (tail_ends) begin
            tail_q       <= '0;
            heads_q      <= heads_per_block_i;
            tile_chunk_q <= chunk_q;
            state_q      <= Body;
            if (is_record_i && total_after != '0) begin
              total_q <= total_after;
              tile_q  <= next_tile;
              left_q  <= next_tile;
            end else begin
              blocks_q <= blocks_q - 32'd1;
              total_q  <= part_elements_i;
              tile_q   <= first_tile;
              left_q   <= is_record_i ? first_tile : {16'd0, head_elements_i};
              if (blocks_q == 32'd1) state_q <= Idle;
            end
          end
        end
        default: ;
      endcase
    end
  end

  // ---- Reading
  logic [15:0] meta_byte;
  always_comb begin
    meta_byte = {group_number_q[14:0], 1'b0};
    if (state_q == Zero) meta_byte = 16'(elements_i >> (3'd4 + {1'b0, group_i})) + (group_number_q >> 1);
  end
  assign read_o        = advance && state_q != Idle;
  assign a_chunk_o     = is_embed ? chunk_q[ChunkIndexBits+2:3] : chunk_q[ChunkIndexBits-1:0];
  assign b_chunk_o     = ChunkIndexBits'(meta_byte >> ChunkByteBits);
  assign scale_head_o  = state_q == Tail ? HeadIndexBits'(head_number_q - heads_per_block_i + tail_q[7:0]) :
                                           HeadIndexBits'(head_number_q);
  assign scale_chunk_o = state_q == Tail ?
      ChunkIndexBits'(tile_chunk_q) + ChunkIndexBits'(32'(tail_q) * group_elements / StreamLanes) :
      ChunkIndexBits'(chunk_q);

  // ---- What was read, and what it is for
  logic busy1_q, in_data1_q, odd_group1_q;
  logic [2:0] state1_q;
  logic [7:0] elements1_q;
  logic [2:0] eighth1_q;
  logic [ChunkByteBits-1:0] meta_byte1_q;
  logic [15:0] tail1_q, tail_meta1_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy1_q      <= 1'b0;
      state1_q     <= Idle;
      in_data1_q   <= 1'b0;
      odd_group1_q <= 1'b0;
      elements1_q  <= '0;
      eighth1_q    <= '0;
      meta_byte1_q <= '0;
      tail1_q      <= '0;
      tail_meta1_q <= '0;
    end else if (advance) begin
      busy1_q      <= state_q != Idle;
      state1_q     <= state_q;
      in_data1_q   <= !is_record_i || chunk_q <= {3'd0, last_chunk_i};
      odd_group1_q <= group_number_q[0];
      elements1_q  <= left_q < step ? left_q[7:0] : step[7:0];
      eighth1_q    <= chunk_q[2:0];
      meta_byte1_q <= meta_byte[ChunkByteBits-1:0];
      tail1_q      <= tail_q;
      tail_meta1_q <= tail_meta;
    end
  end

  // ---- Weight formats of an embedding row
  logic [15:0] scale_q;
  logic [3:0] zero_q;
  logic [7:0] zero_pair;
  assign zero_pair = b_chunk_i[{meta_byte1_q, 3'd0}+:8];
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      scale_q <= '0;
      zero_q  <= '0;
    end else if (advance) begin
      if (state1_q == Scale) scale_q <= b_chunk_i[{meta_byte1_q[ChunkByteBits-1:1], 4'd0}+:16];
      if (state1_q == Zero) zero_q <= !weight_zeros_i ? 4'd8 : odd_group1_q ? zero_pair[7:4] : zero_pair[3:0];
    end
  end

  // ---- Encoding
  logic [4:0] group_exponent;
  logic [32*StreamLanes-1:0] source, body_data;
  logic [CountBits-1:0] body_bytes;
  assign group_exponent = group_exponent_i > low_i ? group_exponent_i : low_i;
  always_comb begin
    source = a_chunk_i;
    if (!in_data1_q) source = '0;
    if (opcode_i == OpArgmax || opcode_i == OpSample) source[31:0] = index_i;
  end
  pim_alu_encoder #(
      .StreamLanes(StreamLanes),
      .CountBits  (CountBits)
  ) u_encoder (
      .opcode_i      (opcode_i),
      .bits_i        (bits_i),
      .elements_i    (elements1_q),
      .chunk_i       (source),
      .exponent_i    (is_head_i ? head_exponent_i : group_exponent),
      .zero_i        (is_head_i ? head_zero_i : 4'd0),
      .shift_i       (shift_i),
      .eighth_i      (eighth1_q),
      .weight_scale_i(scale_q),
      .weight_zero_i (zero_q),
      .reciprocal_i  (reciprocal_i),
      .bytes_o       (body_bytes),
      .data_o        (body_data)
  );

  logic [7:0] tail_byte;
  always_comb begin
    tail_byte = 8'd0;
    if (is_head_i && tail1_q < tail_meta1_q) tail_byte = head_meta_i;
    if (is_record_i && tail1_q < tail_meta1_q - 16'd1) tail_byte = {3'd0, group_exponent - low_i};
    if (is_record_i && tail1_q == tail_meta1_q - 16'd1) tail_byte = {3'd0, low_i} - 8'd16;
  end

  logic [CountBits-1:0] bytes_q;
  logic [32*StreamLanes-1:0] data_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      bytes_q <= '0;
      data_q  <= '0;
    end else if (advance) begin
      bytes_q <= '0;
      if (busy1_q && state1_q == Body) begin
        bytes_q <= body_bytes;
        data_q  <= body_data;
      end else if (busy1_q && state1_q == Tail) begin
        bytes_q <= CountBits'(1);
        data_q  <= (32 * StreamLanes)'(tail_byte);
      end
    end
  end
  assign push_bytes_o = advance ? bytes_q : '0;
  assign push_data_o  = data_q;

`ifdef PIM_ASSERTIONS
  assert property (@(posedge clk_i) disable iff (!rst_ni) start_i |-> idle_o);
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   state_q == Body && !is_record_i && !is_embed |-> chunk_q >> ChunkIndexBits == '0);
  assert property (@(posedge clk_i) disable iff (!rst_ni)
                   bytes_q != '0 && !advance |=> $stable(bytes_q) && $stable(data_q));
`endif
endmodule
