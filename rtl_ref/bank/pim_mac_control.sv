`include "pim_assert.svh"
// Follows the columns of MAC, SCORE and PV as they come out of the cells, and meets each with all vectors: one beat for
// each line of weights that the column completes, or for each cached token in it. A beat reads its operands from BRAM
// while pim_mac_array makes its codes ready.
//
//   MAC    rows of meta columns (scales, zero points) and code columns; before a row's codes, the sums that lie there
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
    input logic        three_i,          // bits of a weight: 3, 5, 8 or else 4
    input logic        five_i,
    input logic        eight_i,
    input logic        sparse8_i,        // kept of 16 weights; else all
    input logic        sparse4_i,
    input logic        sparse2_i,
    input logic [11:0] halves_i,         // of a line: 32 weights of a row each
    input logic [11:0] row_columns_i,
    input logic [ 7:0] meta_columns_i,
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

    // what the mask keeps, in blocks of 64 cached tokens
    input logic [8:0] mask_first_i,  // of all
    input logic [8:0] run_end_i,     // of the run at hand
    input logic       run_open_i,
    input logic [8:0] next_begin_i,  // of the next run
    input logic       next_run_i,    // its columns are next

    // a column is there
    input logic column_i,
    output logic       meta_valid_o,     // it is one of meta bytes
    output logic [7:0] meta_index_o,     // MAC: which one of the row

    // BRAM
    output logic        line_req_o,
    output logic [19:0] line_word_o,
    output logic        pair_req_o,
    output logic [19:0] pair_word_o,

    // the beat whose operands are read in this cycle
    output logic        beat_o,
    output logic        beat_old_o,          // it reads the sum that lies there
    output logic [ 5:0] beat_vector_o,
    output logic        beat_first_o,        // of its sum
    output logic        beat_last_o,         // its sum is complete
    output logic [ 5:0] beat_shift_o,        // bytes from the column before this one to its codes
    output logic [ 3:0] beat_blocks_o,       // sparse: those of its four blocks that are in the column
    output logic [11:0] beat_group_o,        // MAC: of its first weight
    output logic        beat_half_o,         // only the lower half of the line counts
    output logic [ 4:0] beat_token_o,        // of the block
    output logic [ 8:0] beat_sums_o,         // PV: index of the sums
    output logic [ 1:0] beat_byte_o,         // where the scalar begins in its word
    output logic [19:0] beat_result_word_o
);
  // ---- the next column: its place in a row of weights or a block of the cache
  logic [11:0] place_q;   // within the row or block
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

  // ---- MAC: the lines that it completes. A line is 64 weights, of 8 bits 32: what meets one line of operands. Codes of 3
  // and 5 bits cross columns, and a line waits for its last one. Lines of 8:16 cross columns too, at whole blocks, and have
  // a beat with each.
  logic [11:0] line_q;        // the first line with codes in the next code column
  logic signed [6:0] from_q;  // bytes from that column's begin to the line's
  logic upper_q;              // of that line, the lower half is done
  logic [6:0] line_bytes;
  logic [11:0] row_lines, lines_left;
  logic [2:0] lines;          // of this column
  logic ends_odd, early, ends_with_column;
  assign line_bytes = five_i ? 7'd40 : three_i || sparse8_i ? 7'd24 : sparse4_i ? 7'd16 : sparse2_i ? 7'd8 : 7'd32;
  assign row_lines  = eight_i ? halves_i : 12'((13'(halves_i) + 13'd1) >> 1);
  assign lines_left = row_lines - line_q;
  // 5 bits: a row may end with a line and a half in its last two columns. The second has time for one beat only: then
  // the first has a beat with half a line, and the last beat spans two lines.
  assign ends_odd     = five_i && halves_i[2:0] == 3'd3;
  assign early        = ends_odd && place_q == row_columns_i - 12'd2;
  // 8:16: the second line of this column ends with it.
  assign ends_with_column = sparse8_i && from_q == -7'sd18;
  always_comb begin
    lines = 3'd1;
    if (three_i && from_q == -7'sd16) lines = 3'd2;
    if (five_i && from_q == '0 && !early) lines = 3'd0;
    if (sparse8_i || sparse4_i) lines = 3'd2;
    if (sparse2_i) lines = 3'd4;
    if (row_end && !ends_odd) lines = lines_left[2:0];
  end

  logic [11:0] line_next;
  logic signed [6:0] from_next;
  always_comb begin
    line_next = line_q + 12'(lines);
    from_next = '0;
    if (three_i) from_next = from_q == -7'sd16 ? 7'sd0 : from_q - 7'sd8;
    if (five_i) from_next = from_q == '0 ? -7'sd32 : from_q + 7'sd8;
    if (early) begin
      line_next = line_q;
      from_next = -7'sd12;
    end
    if (sparse8_i) begin
      line_next = line_q + (ends_with_column ? 12'd2 : 12'd1);
      from_next = ends_with_column ? 7'sd0 : from_q - 7'sd6;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      place_q  <= '0;
      line_q   <= '0;
      from_q   <= '0;
      upper_q  <= 1'b0;
      token_q  <= '0;
      part_q   <= '0;
      old_q    <= '0;
      result_q <= '0;
    end else if (begin_i) begin
      place_q  <= '0;
      line_q   <= '0;
      from_q   <= '0;
      upper_q  <= 1'b0;
      token_q  <= {6'd0, mask_first_i, 6'd0};
      part_q   <= '0;
      old_q    <= bram_out_i;
      result_q <= bram_out_i;
    end else begin
      if (column_i) begin
        place_q <= place_q + 12'd1;
        if (is_mac_i) begin
          if (!is_meta) begin
            line_q  <= line_next;
            from_q  <= from_next;
            upper_q <= early;
          end
          if (row_end) begin
            place_q  <= '0;
            line_q   <= '0;
            from_q   <= '0;
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
      // The last column of the run may be there in this cycle.
      if (next_run_i) token_q <= {6'd0, next_begin_i, 6'd0};
    end
  end
  assign meta_valid_o = column_i && is_meta;
  assign meta_index_o = place_q[7:0];

  // ---- the column whose beats are under way
  logic busy_q, column_old_q;
  logic [11:0] column_line_q;
  logic signed [6:0] column_from_q;
  logic column_upper_q, column_early_q;
  logic [5:0] column_slots_q;  // cycles for one vector
  logic column_first_q, column_last_q;
  logic [20:0] column_token_q;
  logic [ 6:0] column_part_q;
  logic [ 8:0] column_end_q, column_next_q;  // blocks: of its run, of the one after that
  logic column_open_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      column_old_q   <= 1'b0;
      column_line_q  <= '0;
      column_from_q  <= '0;
      column_upper_q <= 1'b0;
      column_early_q <= 1'b0;
      column_slots_q <= '0;
      column_first_q <= 1'b0;
      column_last_q  <= 1'b0;
      column_token_q <= '0;
      column_part_q  <= '0;
      column_end_q   <= '0;
      column_next_q  <= '0;
      column_open_q  <= 1'b0;
    end else if (column_i) begin
      column_old_q   <= is_meta;
      column_line_q  <= line_q;
      column_from_q  <= from_q;
      column_upper_q <= upper_q;
      column_early_q <= early;
      column_slots_q <= !is_mac_i ? slots_i : is_meta ? 6'd1 : 6'(lines);
      column_first_q <= is_mac_i ? is_meta || (line_q == '0 && !upper_q && !add_old_i) : part_q == '0;
      column_last_q  <= is_mac_i ? row_end : token_end;
      column_token_q <= token_q;
      column_part_q  <= part_q;
      column_end_q   <= run_end_i;
      column_next_q  <= next_begin_i;
      column_open_q  <= run_open_i;
    end
  end

  // ---- its beats: vector after vector
  logic [ 5:0] vector_q, slot_q;
  logic [ 7:0] head_q, turn_q;
  logic [20:0] seen_q;                // cached tokens that the vector sees
  logic [21:0] in_q, query_q;         // operands of the vector; SCORE: record of the token
  logic [21:0] result_now_q, old_now_q;
  logic [ 8:0] sums_q;

  logic last_slot, last_vector, last_head;
  assign last_slot   = slot_q == column_slots_q - 6'd1;
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
      // The sums that lie there have all of the time of the first meta column.
      if (column_i && (is_mac_i ? (is_meta ? place_q == '0 && add_old_i : lines != '0) : !is_meta)) begin
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

  // No token after it is seen: the vector sees no further, or the run ends and the next one is beyond.
  logic [20:0] token_after;
  logic run_ends, token_last;
  assign token_after = token + 21'd1;
  assign run_ends    = !column_open_q && token_after == {6'd0, column_end_q, 6'd0};
  assign token_last  = token_after == seen_q || (run_ends && {6'd0, column_next_q, 6'd0} >= seen_q);

  // MAC: its line, and in halves where its first weight is.
  logic [11:0] line, half;
  logic signed [6:0] from;  // bytes from the column's begin to its codes
  assign line = column_line_q + 12'(slot_q);
  assign half = eight_i ? line : {line[10:0], column_upper_q};
  assign from = column_from_q + $signed((slot_q[0] ? line_bytes : 7'd0) + (slot_q[1] ? {line_bytes[5:0], 1'b0} : 7'd0));

  /* verilator lint_off UNUSEDSIGNAL */
  logic [21:0] line_at, result_at;  // whole words
  /* verilator lint_on UNUSEDSIGNAL */
  logic [21:0] pair_at;
  always_comb begin
    result_at = result_now_q;
    if (is_mac_i) begin
      line_at = in_q + (a16_i ? 22'({half, 6'd0}) : 22'({half, 5'd0}));
      pair_at = column_old_q ? old_now_q : in_q + 22'(shift_offset_i) + 22'(beat_group_o);
    end else if (is_pv_i) begin
      line_at = '0;
      pair_at = in_q + 22'({slot_q, 1'b0});
    end else begin
      line_at   = in_q + 22'({22'(column_part_q) * 22'(column_elements), 1'b0});
      pair_at   = query_q + 22'(shift_offset_i) + 22'(head_q);
      result_at = result_now_q + 22'({slot_q, 2'b00});
    end
  end

  assign beat_o      = busy_q && (is_mac_i || piece_valid);
  assign line_req_o  = beat_o && !is_pv_i && !beat_old_o;
  assign line_word_o = line_at[21:2];
  assign pair_req_o  = beat_o;
  assign pair_word_o = pair_at[21:2];

  assign beat_old_o    = is_mac_i && column_old_q;
  assign beat_vector_o = vector_q;
  assign beat_first_o  = is_pv_i ? token == {6'd0, mask_first_i, 6'd0} : column_first_q && (slot_q == '0 || !is_mac_i);
  assign beat_last_o   = is_pv_i ? token_last : column_last_q && (last_slot || !is_mac_i);
  assign beat_shift_o  = is_mac_i ? 6'(7'd32 + $unsigned(from)) : 6'd32 + (pieces_i == 6'd1 ? 6'd0 : 6'(slot_q[4:0] * token_bytes_i[4:0]));
  assign beat_group_o  = group32_i ? half : group64_i ? half >> 1 : half >> 2;
  assign beat_half_o   = is_mac_i && !eight_i && (column_early_q || (!column_upper_q && halves_i[0] && line == row_lines - 12'd1));
  always_comb begin
    beat_blocks_o = 4'b1111;
    if (sparse8_i) begin
      case (from)
        -7'sd6:  beat_blocks_o = 4'b1110;
        -7'sd12: beat_blocks_o = 4'b1100;
        -7'sd18: beat_blocks_o = 4'b1000;
        7'sd12:  beat_blocks_o = 4'b0111;
        7'sd18:  beat_blocks_o = 4'b0011;
        7'sd24:  beat_blocks_o = 4'b0001;
        default: ;
      endcase
    end
  end
  assign beat_token_o       = token[4:0];
  assign beat_sums_o        = sums_q;
  assign beat_byte_o        = pair_at[1:0];
  assign beat_result_word_o = result_at[21:2];

`ifdef PIM_ASSERTIONS
  // PV: which sums have ended. The sum of a vector and a part of the head ends once, with the last token that the vector sees.
  logic [511:0] ended;
  always_ff @(posedge clk_i) begin
    if (begin_i) ended <= '0;
    else if (beat_o && is_pv_i && beat_last_o) ended[beat_sums_o] <= 1'b1;
  end
  a_sum_ends_once :
  assert property (@(posedge clk_i) beat_o && is_pv_i |-> !ended[beat_sums_o]);
  a_column_meets_all_vectors :
  assert property (@(posedge clk_i) column_i && busy_q |-> last_slot && last_vector);
  a_vectors_have_sums :
  assert property (@(posedge clk_i) begin_i |-> vectors_i != '0 && vectors_i <= 20'd64 && slots_i != '0);
  a_addresses_are_words :
  assert property (@(posedge clk_i) beat_o |-> result_at[1:0] == 2'b00 && (is_pv_i || line_at[1:0] == 2'b00));
`endif
endmodule
