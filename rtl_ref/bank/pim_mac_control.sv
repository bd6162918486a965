`include "pim_assert.svh"
// Follows the columns of MAC, SCORE and PV as the row state machine issues them, and meets each with all vectors: one
// beat for a vector, or one for each cached token in the column and vector. A beat reads its operands from BRAM and
// hands pim_mac_array what it needs to know one cycle later.
//
//   MAC    rows of meta columns (scales, zero points) and code columns
//   SCORE  blocks of a meta column and token_bytes code columns; operand: the query, with its exponent
//   PV     the same; operand: the probability of token and vector
module pim_mac_control (
    input logic clk_i,
    input logic rst_ni,

    // the command
    input logic        begin_i,  // in the cycle before the first column can be issued
    input logic        is_mac_i,
    input logic        is_pv_i,
    input logic        wide_results_i,   // 8 bytes a result instead of 4
    input logic        add_old_i,        // MAC: add the sum that lies there
    input logic        a16_i,
    input logic        group32_i,        // weights that share a scale: 32, 64 or else 128
    input logic        group64_i,
    input logic [11:0] row_columns_i,
    input logic [ 7:0] meta_columns_i,
    input logic        half_tail_i,      // the last column of a row holds 32 weights
    input logic [18:0] record_bytes_i,
    input logic [18:0] shift_offset_i,
    input logic [19:0] vectors_i,
    input logic [ 5:0] slots_i,
    input logic [ 5:0] pieces_i,
    input logic [11:0] token_bytes_i,
    /* verilator lint_off UNUSEDSIGNAL */
    input logic [ 4:0] kv_bits_i,
    /* verilator lint_on UNUSEDSIGNAL */
    input logic [ 7:0] heads_i,
    input logic [10:0] head_dim_i,
    input logic [20:0] held_first_i,
    input logic [ 7:0] turn_i,
    input logic [ 7:0] member_i,
    input logic [ 7:0] members_i,
    input logic [21:0] bram_in_i,
    input logic [21:0] bram_out_i,
    input logic [19:0] pitch_i,          // of results or scores, in elements

    // a column has been issued
    input logic column_i,

    // and came out of the cells one cycle later
    output logic       meta_valid_o,     // it is one of meta bytes
    output logic [7:0] meta_index_o,     // MAC: which one of the row

    // BRAM
    output logic        line_req_o,
    output logic [19:0] line_word_o,
    output logic        pair_req_o,
    output logic [19:0] pair_word_o,

    // the beat whose operands are read in this cycle
    output logic        beat_o,
    output logic [ 5:0] beat_vector_o,
    output logic        beat_first_o,        // of its sum
    output logic        beat_last_o,         // its sum is complete
    output logic [10:0] beat_code_column_o,  // MAC: of the row
    output logic        beat_half_o,         // only the lower half of the column counts
    output logic [ 4:0] beat_piece_o,        // of the column
    output logic [ 4:0] beat_token_o,        // of the block
    output logic [ 8:0] beat_sums_o,         // PV: index of the sums
    output logic [ 1:0] beat_byte_o,         // where the scalar begins in its word
    output logic [19:0] beat_result_word_o
);
  // ---- the next column: its place in a row of weights or a block of the cache
  logic [11:0] place_q;   // within the row or block
  logic [10:0] code_q;    // code columns of the row so far
  logic [20:0] token_q;   // first token in the next code column
  logic [ 6:0] part_q;    // which column of that token
  logic [21:0] old_q, result_q;  // MAC: of the row's first vector

  logic is_meta, row_end, block_end, token_end;
  logic [6:0] last_part;
  assign is_meta   = is_mac_i ? place_q < 12'(meta_columns_i) : place_q == '0;
  assign row_end   = place_q == row_columns_i - 12'd1;
  assign block_end = place_q == token_bytes_i;
  assign last_part = pieces_i != 6'd1 ? '0 : 7'(token_bytes_i[11:5] - 7'd1);
  assign token_end = part_q == last_part;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      place_q  <= '0;
      code_q   <= '0;
      token_q  <= '0;
      part_q   <= '0;
      old_q    <= '0;
      result_q <= '0;
    end else if (begin_i) begin
      place_q  <= '0;
      code_q   <= '0;
      token_q  <= '0;
      part_q   <= '0;
      old_q    <= bram_out_i;
      result_q <= bram_out_i;
    end else if (column_i) begin
      place_q <= place_q + 12'd1;
      if (is_mac_i) begin
        if (!is_meta) code_q <= code_q + 11'd1;
        if (row_end) begin
          place_q  <= '0;
          code_q   <= '0;
          old_q    <= old_q + 22'd8;
          result_q <= result_q + (wide_results_i ? 22'd8 : 22'd4);
        end
      end else begin
        if (block_end) place_q <= '0;
        if (!is_meta) begin
          part_q <= token_end ? '0 : part_q + 7'd1;
          if (token_end) token_q <= token_q + 21'(pieces_i);
        end
      end
    end
  end

  // ---- the column whose beats are under way
  logic busy_q;
  logic [10:0] column_code_q;
  logic column_first_q, column_last_q;
  logic [20:0] column_token_q;
  logic [ 6:0] column_part_q;
  logic meta_q;
  logic [7:0] meta_place_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      meta_q         <= 1'b0;
      meta_place_q   <= '0;
      column_code_q  <= '0;
      column_first_q <= 1'b0;
      column_last_q  <= 1'b0;
      column_token_q <= '0;
      column_part_q  <= '0;
    end else begin
      meta_q <= column_i && is_meta;
      if (column_i) begin
        meta_place_q   <= place_q[7:0];
        column_code_q  <= code_q;
        column_first_q <= is_mac_i ? code_q == '0 : part_q == '0;
        column_last_q  <= is_mac_i ? row_end : token_end;
        column_token_q <= token_q;
        column_part_q  <= part_q;
      end
    end
  end
  assign meta_valid_o = meta_q;
  assign meta_index_o = meta_place_q;

  // ---- its beats: vector after vector
  logic [ 5:0] vector_q, slot_q;
  logic [ 7:0] head_q, turn_q;
  logic [20:0] seen_q;                // cached tokens that the vector sees
  logic [21:0] in_q, query_q;         // operands of the vector; SCORE: record of the token
  logic [21:0] result_now_q, old_now_q;
  logic [ 8:0] sums_q;

  logic last_slot, last_vector, last_head;
  assign last_slot   = slot_q == slots_i - 6'd1;
  assign last_vector = 20'(vector_q) == vectors_i - 20'd1;
  assign last_head   = head_q == heads_i - 8'd1;

  logic [6:0] column_elements;
  assign column_elements = kv_bits_i[4] ? 7'd16 : kv_bits_i[3] ? 7'd32 : 7'd64;

  // Where the first vector's lie, for the column being issued. Codes of 32 bytes meet 16, 32 or 64 elements.
  logic [21:0] first_in, first_result;
  logic [19:0] part_elements;
  always_comb begin
    part_elements = 20'(part_q) * 20'(column_elements);
    first_in      = bram_in_i;
    first_result  = result_q;
    if (is_pv_i) begin
      first_in     = bram_in_i + {token_q, 1'b0};
      first_result = bram_out_i + (wide_results_i ? 22'({part_elements, 3'b000}) : 22'({part_elements, 2'b00}));
    end else if (!is_mac_i) begin
      first_result = bram_out_i + 22'({token_q, 2'b00});
    end
  end

  logic [21:0] in_step, result_step;
  always_comb begin
    if (is_mac_i) begin
      in_step     = 22'(record_bytes_i);
      result_step = wide_results_i ? 22'({pitch_i, 3'b000}) : {pitch_i, 2'b00};
    end else if (is_pv_i) begin
      in_step     = 22'({pitch_i, 1'b0});
      result_step = wide_results_i ? 22'({head_dim_i, 3'b000}) : 22'({head_dim_i, 2'b00});
    end else begin
      in_step     = 22'({head_dim_i, 1'b0});
      result_step = {pitch_i, 2'b00};
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q       <= 1'b0;
      vector_q     <= '0;
      slot_q       <= '0;
      head_q       <= '0;
      turn_q       <= '0;
      seen_q       <= '0;
      in_q         <= '0;
      query_q      <= '0;
      result_now_q <= '0;
      old_now_q    <= '0;
      sums_q       <= '0;
    end else begin
      if (busy_q) begin
        slot_q <= slot_q + 6'd1;
        if (last_slot) begin
          slot_q       <= '0;
          vector_q     <= vector_q + 6'd1;
          result_now_q <= result_now_q + result_step;
          old_now_q    <= old_now_q + 22'({pitch_i, 3'b000});
          sums_q       <= sums_q + 9'(last_part) + 9'd1;
          in_q         <= in_q + in_step;
          head_q       <= head_q + 8'd1;
          if (last_head && !is_mac_i) begin  // on to the next token of the tile, which sees one more
            head_q  <= '0;
            query_q <= query_q + 22'(record_bytes_i);
            if (!is_pv_i) in_q <= query_q + 22'(record_bytes_i);
            if (turn_q == member_i) seen_q <= seen_q + 21'd1;
            turn_q <= turn_q == members_i - 8'd1 ? '0 : turn_q + 8'd1;
          end
          if (last_vector) busy_q <= 1'b0;
        end
      end
      if (column_i && !is_meta) begin
        busy_q       <= 1'b1;
        vector_q     <= '0;
        slot_q       <= '0;
        head_q       <= '0;
        turn_q       <= turn_i;
        seen_q       <= held_first_i;
        in_q         <= first_in;
        query_q      <= bram_in_i;
        result_now_q <= first_result;
        old_now_q    <= old_q;
        sums_q       <= 9'(part_q);
      end
    end
  end

  // ---- one beat
  logic [20:0] token;  // that it is about
  logic piece_valid;
  assign token       = column_token_q + 21'(slot_q);
  assign piece_valid = slot_q < pieces_i && token < seen_q;

  logic [11:0] group_first;  // MAC: first group of the column
  assign group_first = group32_i ? {column_code_q, 1'b0} : group64_i ? {1'b0, column_code_q} : {2'b00, column_code_q[10:1]};

  logic read_old;
  assign read_old = busy_q && is_mac_i && add_old_i && column_last_q && slot_q == 6'd1;

  /* verilator lint_off UNUSEDSIGNAL */
  logic [21:0] line_at, result_at;  // whole words
  /* verilator lint_on UNUSEDSIGNAL */
  logic [21:0] pair_at;
  always_comb begin
    result_at = result_now_q;
    if (is_mac_i) begin
      line_at = in_q + (a16_i ? 22'({column_code_q, 7'd0}) : 22'({column_code_q, 6'd0}));
      pair_at = read_old ? old_now_q : in_q + 22'(shift_offset_i) + 22'(group_first);
    end else if (is_pv_i) begin
      line_at = '0;
      pair_at = in_q + 22'({slot_q, 1'b0});
    end else begin
      line_at   = in_q + 22'({22'(column_part_q) * 22'(column_elements), 1'b0});
      pair_at   = query_q + 22'(shift_offset_i) + 22'(head_q);
      result_at = result_now_q + 22'({slot_q, 2'b00});
    end
  end

  assign beat_o      = busy_q && (is_mac_i ? slot_q == '0 : piece_valid);
  assign line_req_o  = beat_o && !is_pv_i;
  assign line_word_o = line_at[21:2];
  assign pair_req_o  = beat_o || read_old;
  assign pair_word_o = pair_at[21:2];

  assign beat_vector_o      = vector_q;
  assign beat_first_o       = is_pv_i ? token == '0 : column_first_q;
  assign beat_last_o        = is_pv_i ? token == seen_q - 21'd1 : column_last_q;
  assign beat_code_column_o = column_code_q;
  assign beat_half_o        = half_tail_i && column_last_q;
  assign beat_piece_o       = slot_q[4:0];
  assign beat_token_o       = token[4:0];
  assign beat_sums_o        = sums_q;
  assign beat_byte_o        = pair_at[1:0];
  assign beat_result_word_o = result_at[21:2];

`ifdef PIM_ASSERTIONS
  a_column_meets_all_vectors :
  assert property (@(posedge clk_i) column_i && busy_q |-> last_slot && last_vector);
  a_vectors_have_sums :
  assert property (@(posedge clk_i) begin_i |-> vectors_i != '0 && vectors_i <= 20'd64 && slots_i != '0);
  a_addresses_are_words :
  assert property (@(posedge clk_i) beat_o |-> result_at[1:0] == 2'b00 && (is_pv_i || line_at[1:0] == 2'b00));
`endif
endmodule
